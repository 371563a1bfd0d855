// The kernel starts Python with this. Every page imports what is imported here, before the reader's files are mounted:
// with them, each import would first ask, by way of the page, whether one of them is meant.

import { loadPyodide as load } from "{{ pyodide }}";

const START = `
import piplite.piplite, pyodide_kernel, bptt_lab.panels
pyodide_kernel.ipython_shell.extension_manager.load_extension("bptt_lab.kernel")
`; // IPython's startup files, which do the latter elsewhere, are not there

export async function loadPyodide(options) {
  const python = await load(options);
  await python.runPythonAsync(START);
  return python;
}
