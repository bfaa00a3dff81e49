'use strict';

/*
 * The program stands in `dist/program` in a few dozen pieces, so that a start reads what its command needs and no more.
 * Node 20 compiles them anew at each start. So the build keeps what V8 made of a piece beside it (`.code`), and a start
 * takes that where it was made from this very text by this Node on this kind of machine. Else the text is compiled, by
 * Node's own loader; from Node 22 on that keeps what it compiled by itself.
 */

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');

/*
 * Measured in the V8 of Node 20 alone, so set there alone; part of what kept code must fit to.
 * V8 compiles a function again, better, once it has run for a while. In a start of less than a second that is a quarter
 * of all work and never earned back: it begins later here.
 * New objects are made in a small space that V8 lets grow. Memory touched for the first time costs a start more than
 * clearing that space a few times more: it does not grow here.
 * A run that lasts goes on with what V8 itself has for both; a batch does as soon as it is loaded. What makes forms is
 * loaded later, and kept code is taken only where the flags are those it was made with.
 */
const isMeasured = process.versions.v8.startsWith('11.3.');
const [command, ...rest] = process.argv.slice(2);
const isWithForms = rest.some((argument) => argument.startsWith('--consent-dir'));
const millisecondsOfStart = command === 'batch' && !isWithForms ? 0 : 1000;

function setFlagsOfStart() {
  if (!isMeasured) return;
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--semi-space-growth-factor=1');
}

function setFlagsOfRun() {
  if (!isMeasured) return;
  setFlagsFromString('--interrupt-budget=67584');
  setFlagsFromString('--semi-space-growth-factor=2');
}

setFlagsOfStart();
setTimeout(setFlagsOfRun, millisecondsOfStart).unref();

const folder = join(__dirname, '../dist/program');

/**
 * Gives `piece(name)`, which runs a piece of the program once and gives its exports. `codeOf(path, bytes)` is the
 * compiled code of a piece whose text are these bytes, `{}` to compile it here, undefined to leave it to Node;
 * `onScript` is told each that was not left to Node.
 */
function load(codeOf, onScript = () => undefined) {
  return function piece(name) {
    const path = join(folder, name);
    const known = require.cache[path];
    if (known) return known.exports;
    const bytes = readFileSync(path);
    const code = codeOf(path, bytes);
    if (code === undefined) return requirePlain(path);
    const script = new vm.Script(Module.wrap(bytes.toString()), { filename: path, ...code });
    const loaded = new Module(path, module);
    require.cache[path] = loaded;
    const use = (id) => (id.startsWith('./') ? piece(id.slice(2)) : require(id));
    use.import = (id) => import(id);
    script.runInThisContext()(loaded.exports, use, loaded, path, folder);
    loaded.loaded = true;
    onScript(path, bytes, script);
    return loaded.exports;
  };
}

function requirePlain(path) {
  if (Module.enableCompileCache && !Module.getCompileCacheDir()) keepCompiled();
  return require(path);
}

/** In a folder of the user's own, which nobody else can look into: what lies in a shared one could be somebody else's code. */
function keepCompiled() {
  const { homedir } = require('node:os');
  // Node makes the folders, with whatever rights the user leaves to new ones.
  const rights = process.umask(0o077);
  Module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'preinfuse'));
  process.umask(rights);
}

/** The code that `keptCode` gave for this text here; undefined where there is none that may be used. */
function readCode(path, bytes) {
  const kept = readKept(`${path}.code`);
  if (!kept) return undefined;
  const cachedData = kept.subarray(digestLength);
  return digestOf(bytes, cachedData).equals(kept.subarray(0, digestLength)) ? { cachedData } : undefined;
}

function readKept(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The code that V8 has for a script by now, as bytes for `readCode`. */
function keptCode(bytes, script) {
  setFlagsOfStart();
  const code = script.createCachedData();
  return Buffer.concat([digestOf(bytes, code), code]);
}

const digestLength = 32;

/** V8 itself compares its version, its flags and the length of the text, and trusts the rest. */
function digestOf(bytes, code) {
  const here = `${process.version} ${process.platform} ${process.arch} ${bytes.length}\n`;
  return createHash('sha256').update(here).update(bytes).update(code).digest();
}

module.exports = { load, readCode, keptCode };
