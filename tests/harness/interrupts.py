"""KeyboardInterrupt at a chosen place: at each instruction in turn, not whenever a timer ends."""

import contextvars
import sys

import pytest

# From 3.12 on a trace function is told of some instructions only: in 3.14 of none after the first loop.
traces_instructions = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="Python 3.11 alone traces each instruction"
)


def at_instruction(number, modules, function):
    """function(), interrupted at instruction `number` (from 1) of what runs in these modules.

    Returns its result, or None if the interrupt came out of it; and whether the interrupt came at all.
    """
    files, passed = {module.__file__ for module in modules}, 0

    def trace(frame, event, arg):
        nonlocal passed
        if frame.f_code.co_filename not in files:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            passed += 1
            if passed == number:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # Python 3.12 asks once, when the tracing begins
    sys.settrace(trace)
    try:
        # np.errstate, interrupted as its `with` begins, may leave its settings on: hence a context of its own.
        found = contextvars.copy_context().run(function)
    except KeyboardInterrupt:
        found = None
    finally:
        sys.settrace(before)
    return found, passed >= number


def at_each_instruction(modules, function):
    """The result of at_instruction for each instruction there is, from the first to the last."""
    number, came = 0, True
    while came:
        number += 1
        found, came = at_instruction(number, modules, function)
        if came:
            yield found
