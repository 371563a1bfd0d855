// node bytecode.mjs FOLDER PACKAGE...
// starts the Python of FOLDER with the packages and runs compile_imports.py in it, which reads the cells from stdin.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, ...packages] = process.argv.slice(2);
try {
  const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
  const python = await loadPyodide({ indexURL: folder, lockFileURL: `${folder}/pyodide-lock.json`, packages });
  python.mountNodeFS("/runtime", folder);
  python.runPython(readFileSync(new URL("compile_imports.py", import.meta.url), "utf8"));
  const failure = await python.globals.get("main")();
  if (failure) throw new Error(failure);
} catch (error) {
  console.error(error.message); // uncaught, it would be shown with the whole line of a minified file
  process.exit(1);
}
