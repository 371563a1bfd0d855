"""Runs in the site's Python, under Node (bytecode.mjs): stores the bytecode of all that the cells import.

The folder of the runtime is /runtime.
"""

import io
import json
import site
import sys
import tarfile
from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

STDLIB = "/lib/python{}{}.zip".format(*sys.version_info)
PACKAGES = site.getsitepackages()[0]


async def main() -> str:
    """Returns what went wrong, if anything. (Once IPython is there, Pyodide passes errors on without their text.)"""
    try:
        await run(json.load(sys.stdin))
        files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
        sources = sorted(file for file in files if file.endswith(".py"))
        store_packages("/runtime/bytecode.tar", [source for source in sources if source.startswith(f"{PACKAGES}/")])
        store_stdlib("/runtime/python_stdlib.zip", {source for source in sources if source.startswith(f"{STDLIB}/")})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


async def run(cells):
    """Run the cells in the kernel that a page starts. What it would send to the page is dropped."""
    import piplite  # noqa: F401, as a page does
    import pyodide_kernel as kernel

    def nowhere(*message):
        pass

    shell = kernel.ipython_shell
    shell.send_comm = shell.displayhook.publish_execution_result = nowhere
    shell.display_pub.display_data_callback = shell.display_pub.clear_output_callback = nowhere
    kernel.stdout_stream.publish_stream_callback = kernel.stderr_stream.publish_stream_callback = nowhere
    for cell in cells:
        result = await kernel.kernel_instance.run(cell)
        if result["status"] != "ok":
            raise RuntimeError(f"{result['ename']}: {result['evalue']}, in the cell\n{cell}")


def store_packages(path, sources):
    """Store an archive to unpack over the packages. Python checks a source's hash before it uses its bytecode."""
    with tarfile.open(path, "w:zst", level=19) as archive:
        for source in sources:
            compiled = Path(compile_file(source, doraise=True, invalidation_mode=PycInvalidationMode.CHECKED_HASH))
            member = tarfile.TarInfo(compiled.relative_to(PACKAGES).as_posix())
            data = compiled.read_bytes()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def store_stdlib(path, sources):
    """Put name.pyc beside name.py into the zip: Python prefers it. The two travel together, so no hash is checked."""
    with ZipFile(path) as archive:
        members = [(member, archive.read(member)) for member in archive.infolist()]
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for member, data in members:
            archive.writestr(member, data, ZIP_DEFLATED, compresslevel=9)
            source = f"{STDLIB}/{member.filename}"
            if source in sources:
                compiled = ZipInfo(f"{member.filename}c", member.date_time)
                archive.writestr(compiled, compile_member(data, source), ZIP_DEFLATED, compresslevel=9)


def compile_member(data, source) -> bytes:
    file = Path("/tmp/member.py")
    file.write_bytes(data)
    mode = PycInvalidationMode.UNCHECKED_HASH
    return Path(compile_file(file, dfile=source, doraise=True, invalidation_mode=mode)).read_bytes()
