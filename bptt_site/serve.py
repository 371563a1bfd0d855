"""Show the site on this computer alone: python -m bptt_site.serve [FOLDER]"""

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """Names the types of files itself: Windows may name others, and browsers then refuse the files."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each file waits 40 ms for the browser to acknowledge its headers
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".css": "text/css",
        ".wasm": "application/wasm",
    }


def server_for(folder, port=0, handler=Handler):
    return ThreadingHTTPServer(("127.0.0.1", port), partial(handler, directory=str(folder)))


def listen(folder, port):
    """Serve at this port, or at any free one if something else listens there."""
    try:
        return server_for(folder, port)
    except OSError:
        return server_for(folder)


def main():
    folder = Path(*sys.argv[1:] or ["site"])
    if not (folder / "index.html").is_file():
        raise SystemExit(f"FOLDER must hold the built site, got {folder}: bptt site FOLDER builds it")
    with listen(folder, port=8000) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/   (Ctrl-C ends it)", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
