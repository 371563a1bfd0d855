// The kernel starts Python with this. Every page imports what is imported here, before the reader's files are mounted:
// with them, each import would first ask, by way of the page, whether one of them is meant.

import { loadPyodide as load } from "{{ pyodide }}";

export async function loadPyodide(options) {
  const python = await load(options);
  await python.runPythonAsync("import piplite.piplite, pyodide_kernel, bptt_lab.pages");
  return python;
}
