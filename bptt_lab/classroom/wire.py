"""What a student's process and the judge say to each other.

The judge sends pickled objects, which are its own. What comes back may have been written by a student's code: it is
JSON, and arrays of numbers in it; to read it runs nothing.
"""

import base64
import json

import numpy as np

LARGEST = 64 * 2**20  # bytes in one message; an answer has at most a million numbers
KINDS = {"f4": np.float32, "f8": np.float64}


class Garbled(Exception):
    """What came is nothing that our own code sends."""


def written(message: dict) -> bytes:
    return json.dumps(message).encode()


def read(raw: bytes) -> dict:
    """Raises Garbled."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Garbled("no JSON") from error
    if not isinstance(message, dict):
        raise Garbled("no object")
    return message


def of_array(array) -> dict:
    """array : of float32 or float64"""
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"kind": f"f{array.dtype.itemsize}", "shape": list(array.shape), "data": data}


def to_array(sent):
    """The array that of_array was given. Raises Garbled."""
    try:
        array = np.frombuffer(base64.b64decode(sent["data"]), KINDS[sent["kind"]])
        return array.reshape([int(size) for size in sent["shape"]]).copy()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Garbled("no array") from error


def text(message, name, longest=2000) -> str:
    """Raises Garbled if there is no text of that name."""
    found = message.get(name)
    if not isinstance(found, str):
        raise Garbled(f"no text {name}")
    return found[:longest]
