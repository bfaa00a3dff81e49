import { afterAll } from 'vitest';
import { removeFolders } from './folder.ts';

// Runs for each file of tests, also where a worker keeps its modules for all of them.
afterAll(removeFolders);
