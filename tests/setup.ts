import { afterAll } from 'vitest';
import { removeFolders } from './folder.ts';

// Runs for each file of tests, where a module is loaded for all files of a worker together.
afterAll(removeFolders);
