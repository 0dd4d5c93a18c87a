"""Which small changes are made: one node of a function's syntax tree at a time."""

import ast
import copy
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple, TypeVar

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
DECLARED = {"annotation", "returns", "decorator_list", "defaults", "kw_defaults", "type_params"}
"""Fields of nodes that are evaluated when the function is made, not when it runs."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Mutant(NamedTuple):
    """A function of a file with one change, which stands in `lines`; `change` is unique in the file."""

    file: str
    function: str
    first_line: int
    lines: range
    change: str
    code: CodeType


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every change of every function of a file, in order."""
    tree = ast.parse(source)
    seen = dict[str, int]()
    for function, name in functions(tree):
        original = code_of(compile(tree, file, "exec"), name, function)
        for holder, field, index, old, lines in list(places(function)):
            for new in alternatives(old):
                put(holder, field, index, ast.copy_location(new, old))
                change = f"{name}: {shown(old)} -> {shown(new)}"
                code = code_of(compile(ast.fix_missing_locations(tree), file, "exec"), name, function)
                put(holder, field, index, old)
                if code == original or code.co_freevars != original.co_freevars:
                    continue
                seen[change] = seen.get(change, 0) + 1
                numbered = f"{change} ({seen[change]})" if seen[change] > 1 else change
                yield Mutant(file, name, original.co_firstlineno, lines, numbered, code)


def functions(tree: ast.Module) -> Iterator[tuple[Function, str]]:
    """The functions that stand in no other one, with their qualified names."""

    def inside(body: list[ast.stmt], prefix: str) -> Iterator[tuple[Function, str]]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from inside(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, Function):
                yield node, prefix + node.name

    return inside(tree.body, "")


Place = tuple[ast.AST, str, int | None, ast.AST, range]
"""A node's parent, the field and the index in it, the node, and the lines of its statement."""


def places(function: Function) -> Iterator[Place]:
    """The nodes of a function that run with it."""

    def below(holder: ast.AST, lines: range) -> Iterator[Place]:
        for field, value in ast.iter_fields(holder):
            if field in DECLARED:
                continue
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST):
                    at = span(node) if isinstance(node, ast.stmt) else lines
                    yield holder, field, index, node, at
                    yield from below(node, at)

    return below(function, span(function))


def span(statement: ast.stmt) -> range:
    """Its lines, without those of the statements in it."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(last, statement.lineno) + 1)


def put(holder: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    """Set a node into its parent."""
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    match node:
        case ast.If() | ast.While() | ast.IfExp():
            yield from (with_field(node, "test", test) for test in other_conditions(node))
        case ast.comprehension(ifs=[_, *_]):
            yield with_field(node, "ifs", [])
        case ast.expr():
            yield from other_expressions(node)
        case ast.stmt():
            yield from other_statements(node)


def other_conditions(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.expr]:
    """The opposite, unless a change of the condition itself is that; and for what guards, that it never holds."""
    is_negation = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
    if not is_negation and not isinstance(node.test, ast.Compare | ast.BoolOp):
        yield ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.If):
        yield ast.Constant(False)


def other_expressions(node: ast.expr) -> Iterator[ast.expr]:
    """Boundaries, opposites, numbers one higher."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                yield with_field(node, "ops", [*ops[:index], COMPARED[type(op)](), *ops[index + 1 :]])
        case ast.BoolOp(op=ast.And()):
            yield with_field(node, "op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield with_field(node, "op", ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=op) if type(op) in CALCULATED:
            yield with_field(node, "op", CALCULATED[type(op)]())
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)


def other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Nothing is returned, or nothing is done."""
    match node:
        case ast.Return(value=value) if not is_empty(value):
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Expr(value=ast.Call() | ast.Await()):
            yield ast.Pass()
        case ast.Assign():
            yield from smaller_assignments(node)


def smaller_assignments(node: ast.Assign) -> Iterator[ast.stmt]:
    """One thing less is set; never a name, without which later statements would not run at all."""
    targets, value = node.targets, node.value
    if len(targets) > 1:
        for number, target in enumerate(targets):
            if not sets_a_name(target):
                yield with_field(node, "targets", without(targets, number))
        return
    match targets[0], value:
        case ast.Tuple(elts=places), ast.Tuple(elts=values) if len(places) == len(values):
            for number, target in enumerate(places):
                if not sets_a_name(target):
                    left = ast.Tuple(without(places, number), ast.Store())
                    yield ast.Assign([left], ast.Tuple(without(values, number), ast.Load()))
        case target, _ if not sets_a_name(target):
            yield ast.Pass()


def without(nodes: list[ast.expr], number: int) -> list[ast.expr]:
    """All but one."""
    return [*nodes[:number], *nodes[number + 1 :]]


N = TypeVar("N", bound=ast.AST)


def with_field(node: N, field: str, value: object) -> N:
    """A copy of a node in which one field is another."""
    new = copy.copy(node)
    setattr(new, field, value)
    return new


def is_empty(value: ast.expr | None) -> bool:
    """Whether a function that returns this returns as much as one that returns None."""
    match value:
        case None | ast.Constant(value=None | False) | ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
    return False


def sets_a_name(target: ast.expr) -> bool:
    """Whether an assignment makes a name, without which later statements would not run at all."""
    return any(isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) for node in ast.walk(target))


def shown(node: ast.AST) -> str:
    """The first line of what stands there, shortened."""
    if isinstance(node, ast.comprehension):
        return "".join(f" if {ast.unparse(test)}" for test in node.ifs).strip() or "no condition"
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else f"{text[:60]} ... {text[-25:]}"


def code_of(module: CodeType, name: str, function: Function) -> CodeType:
    """The compiled code of a function of a module."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    todo = [module]
    while todo:
        code = todo.pop()
        if code.co_qualname == name and code.co_firstlineno == first:
            return code
        todo += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    raise LookupError(f"{name} is not in {module.co_filename}")
