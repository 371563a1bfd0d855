// In a worker of the browser: pytest over the tests of bptt_core, with the site's own Python. Posts [exit code, what it said].

self.onmessage = async ({ data: { pyodideUrl, lockFileURL, wheels, files, options } }) => {
  try {
    const { loadPyodide } = await import(pyodideUrl);
    const said = [];
    const note = (line) => said.push(line);
    const pyodide = await loadPyodide({ lockFileURL, stdout: note, stderr: note, packages: ["numpy", "packaging", "pygments", "bptt-companion"] });
    await pyodide.loadPackage(wheels);
    pyodide.unpackArchive(await (await fetch(files)).arrayBuffer(), "zip", { extractDir: "/project" });
    pyodide.FS.chdir("/project");
    pyodide.globals.set("options", pyodide.toPy(options));
    const code = pyodide.runPython("import pytest; int(pytest.main(options))");
    self.postMessage([code, said.join("\n")]);
  } catch (error) {
    self.postMessage([-1, `${error}\n${error.stack}`]);
  }
};
