"""What Python and numpy say of the commonest mistakes, in the words of this companion, and where it happened."""

import ast
import linecache
import re
from itertools import islice
from types import FunctionType, MethodType

import numpy as np

from .judge import named

LONGEST = 300  # characters of a message
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}


def in_words(error, traceback, function) -> str:
    """How a sentence that begins "It stopped" goes on: the line of the reader's code, and what is wrong with it."""
    frame = _readers(traceback, function)
    line, text = line_of(traceback, function), _text(error)
    where = f" in your line `{line}`" if line else ""
    for pattern, say in TABLE:
        if found := re.search(pattern, text, re.DOTALL):
            return f"{where}. {say(_operation(frame), *found.groups()) if callable(say) else found.expand(say)}"
    return f"{where} with {f'{named(error)}: {text}'.rstrip(': ')}."


def line_of(traceback, function) -> str:
    """The innermost line of the reader's own code, or "" if it is not known"""
    found = _readers(traceback, function)
    if not found:
        return ""
    frame = found.tb_frame
    line = linecache.getline(frame.f_code.co_filename, found.tb_lineno, frame.f_globals)
    return shortened(line.strip().replace("`", "'"), 100)


def shortened(text, longest):
    return text if len(text) <= longest else f"{text[:longest]}…"


def _text(error):
    try:
        return shortened(str.__str__(str(error)), LONGEST)
    except BaseException:  # its own __str__ may do anything
        return ""


def _readers(traceback, function):
    """The innermost of the reader's own frames: numpy's have other globals; all cells of a notebook share theirs."""
    own = function.__globals__ if type(function) in (FunctionType, MethodType) else None
    found = None
    while traceback:
        found = traceback if traceback.tb_frame.f_globals is own else found
        traceback = traceback.tb_next
    return found


def _operation(found):
    """Shape of the left side, sign, shape of the right side of the very operation that failed, or None.

    numpy tells no shapes where a product does not fit, so both sides are computed once more, with all names as they
    were. None for a side that is None.
    """
    try:
        frame = found.tb_frame
        source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
        place = next(islice(frame.f_code.co_positions(), found.tb_lasti // 2, None))
        at = (node for node in ast.walk(ast.parse(source)) if _place(node) == place)
        left, sign, right = next(sides for sides in map(_sides, at) if sides)
        values = [eval(ast.unparse(side), frame.f_globals, dict(frame.f_locals)) for side in (left, right)]
        left, right = (None if value is None else np.shape(value) for value in values)
        return left, sign, right
    except KeyboardInterrupt:
        raise
    except BaseException:  # no source, or lines that do something else the second time
        return None


def _place(node):
    return tuple(getattr(node, name, None) for name in ("lineno", "end_lineno", "col_offset", "end_col_offset"))


def _sides(node):
    match node:
        case ast.BinOp(left=left, op=sign, right=right):
            return left, SIGNS.get(type(sign)), right
        case ast.AugAssign(target=left, op=sign, value=right):
            return left, f"{SIGNS.get(type(sign))}=", right
        case ast.Call(func=ast.Attribute(attr="matmul"), args=[left, right]):
            return left, "@", right
    return None


def _product(operation):
    left, sign, right = operation or ((), "", ())
    if sign not in ("@", "@=") or not left or not right or _meet(left, right):
        return "The two sides of `@` do not fit: which of the two is to be transposed?"
    said = f"{left} @ {right} does not fit"
    turned = _meet(_turned(left), right) or _meet(left, _turned(right))
    swapped = _meet(right, left)
    if turned:
        said += f": which of the two is to be transposed{', or is their order another' * swapped}?"
    else:
        said += ". In the other order it does." if swapped else ", and no transpose helps. Are these the right two?"
    said += " Or is `*` meant, which is entry by entry?" * (left == right)
    return said + f" {LAST_TWO}" * (max(len(left), len(right)) > 2)


def _turned(shape):
    return shape[:-2] + shape[-2:][::-1]


def _meet(left, right):
    """Whether two shapes can be multiplied, as far as the last two axes go."""
    return left[-1] == right[-2:][0]


def _dot(operation, left, right):
    left, right = (tuple(map(int, re.findall(r"\d+", shape))) for shape in (left, right))
    return _product((left, "@", right))


def _steps(operation, left, right):
    return f"{_spaced(left)} and {_spaced(right)} do not fit: the two have different numbers of steps."


def _no_product(operation):
    if operation and (operation[0] is None or operation[2] is None):
        return NOTHING
    return "`@` is the product of matrices. One side is a number: with a number it is `*`."


def _entry_by_entry(operation, left, right):
    sign = operation[1] if operation else None
    fit = f"{_spaced(left)} {sign} {_spaced(right)} does not fit" if sign else f"{left} and {right} do not fit"
    if sign in ("*", "*="):
        return f"{fit}: `*` is entry by entry, `@` is the product."
    return f"{fit}: entry by entry, two shapes are the same, or 1 where they differ."


def _spaced(shape):
    return re.sub(r",(?=\d)", ", ", shape)


def _into(operation, into, came):
    return f"An array of shape {_spaced(came)} does not fit into one of shape {_spaced(into)}."


def _out_of_it(operation, into, came):
    return _into(operation, came, into)


def _past_the_end(operation, index, axis, size):
    there = f"they go from 0 to {int(size) - 1}" if int(size) else "there are none"
    return f"There is no index {index}: along axis {axis} {there}."


SHAPE = r"(\([\d,]*\))"
NOTHING = (
    "There is a None where numbers belong. A function without `return` gives None, and so do `.append`, `.sort` "
    "and `.fill`."
)
LAST_TWO = "`.T` turns all three axes round, `.transpose(0, 2, 1)` the last two."
NO_POWER = "`^` is no power: a power is `**`."
NO_ARRAY = "A list is no array: `np.array` makes one of it."
ONE_NUMBER = "An array stands where one number belongs."

TABLE = (  # what Python or numpy says, and what is said here: the first that fits
    (r"matmul: .* mismatch in its core dimension", _product),
    (rf"shapes {SHAPE} and {SHAPE} not aligned", _dot),
    (rf"remapped shapes \[original->remapped\]: {SHAPE}\S* {SHAPE}->.* and requested", _steps),
    (r"matmul: .* does not have enough dimensions", _no_product),
    (rf"could not be broadcast together with shapes {SHAPE} {SHAPE}", _entry_by_entry),
    (rf"output operand with shape {SHAPE} doesn't match the broadcast shape {SHAPE}", _into),
    (rf"could not broadcast input array from shape {SHAPE} into shape {SHAPE}", _out_of_it),
    (r"bitwise_xor|operand type\(s\) for \^", NO_POWER),
    (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", _past_the_end),
    (r"too many indices for array: array is (\d+)-dimensional, but (\d+) were", r"Of \1 axes, \2 are asked for."),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d+)", r"There is no axis \1: of \2 the first is 0."),
    (r"'ellipsis'", "The dots `...` still stand where numbers belong."),
    (r"'NoneType'", NOTHING),
    (r"can't multiply sequence|operand type\(s\) for \S+ .*'list'|'list' object has no attribute", NO_ARRAY),
    (r"only (length-1|0-dimensional) arrays can be converted|setting an array element with a sequence\.$", ONE_NUMBER),
    (r"truth value of an array", "An array has many truth values. Entry by entry it is `np.where`, or a product."),
    (r"'numpy.ndarray' object is not callable", "An array is followed by `(`. An index stands in `[` and `]`."),
    (r"maximum recursion depth", "The function calls itself, without end."),
)
