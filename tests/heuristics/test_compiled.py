from heuristics.compiled import compiled


def test_a_kernel_without_a_folder_for_its_code_is_compiled_all_the_same():
    """numba keeps compiled code beside the file of a function; code from a string has none."""
    scope = {}
    exec("def double(number):\n    return 2 * number", scope)
    double = compiled(scope["double"])
    assert double(21) == 42
    assert double.signatures
