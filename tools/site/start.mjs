// What the kernel starts Python with. Every page imports these; here that is done before the reader's files are there to
// be asked, each time by way of the page, whether one of them is meant.

import { loadPyodide as load } from "{{ pyodide }}";

export async function loadPyodide(options) {
  const python = await load(options);
  await python.runPythonAsync("import piplite.piplite, pyodide_kernel, bptt_lab.panels");
  return python;
}
