"""What a service's code says of its events, read without importing it: a process has the Django settings of one."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EventClass:
    """A class with the decorator ``@event("type", …)``."""

    name: str
    type: str
    file: Path
    optional: bool
    """Nobody listening to it is no alarm."""


@dataclass(frozen=True)
class Service:
    """A service by its folder, ``services/blog``."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def package(self) -> Path:
        return self.folder / f"{self.name}_service"

    @property
    def registry(self) -> Path:
        """The module of PUBLISHES and HANDLERS."""
        return self.package / "events.py"

    @cached_property
    def declared(self) -> list[EventClass]:
        """Its event classes, wherever they are."""
        return [found for file, tree in self._modules.items() for found in _event_classes(file, tree)]

    @cached_property
    def publishes(self) -> set[str]:
        """The names of the classes in PUBLISHES."""
        return set(_names(_assigned(self._modules[self.registry], "PUBLISHES")))

    @cached_property
    def handles(self) -> list[str]:
        """The types in HANDLERS."""
        return _keys(_assigned(self._modules[self.registry], "HANDLERS"))

    @cached_property
    def named_handlers(self) -> set[str]:
        """The functions in HANDLERS."""
        return set(_names(_assigned(self._modules[self.registry], "HANDLERS")))

    @cached_property
    def reactions(self) -> dict[str, Path]:
        """The public functions of every ``handlers.py``, each with its file."""
        return {
            node.name: file
            for file, tree in self._modules.items()
            if file.name == "handlers.py"
            for node in ast.iter_child_nodes(tree)
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        }

    @cached_property
    def used(self) -> frozenset[str]:
        """Every name that its code uses, beside where events are declared and listed."""
        lists = {self.registry, *(event.file for event in self.declared)}
        trees = [tree for file, tree in self._modules.items() if file not in lists]
        return frozenset().union(*map(_loaded, trees))

    def has(self, text: str) -> bool:
        """Whether some module holds this text."""
        return any(text in file.read_text() for file in self._modules)

    @cached_property
    def _modules(self) -> dict[Path, ast.AST]:
        return {file: _tree(file.read_text()) for file in sorted(self.package.rglob("*.py"))}


def services(root: Path) -> list[Service]:
    """Every service that has events."""
    found = [Service(folder) for folder in sorted((root / "services").iterdir())]
    return [service for service in found if service.registry.exists()]


def _event_classes(file: Path, tree: ast.AST) -> Iterator[EventClass]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for made in node.decorator_list:
                if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id == "event":
                    options = {option.arg: ast.literal_eval(option.value) for option in made.keywords}
                    optional = bool(options.get("optional_subscribers"))
                    yield EventClass(node.name, ast.literal_eval(made.args[0]), file, optional)


def _assigned(tree: ast.AST, name: str) -> ast.expr:
    """What a module assigns to a name; raises LookupError."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                return value
    raise LookupError(name)


@cache
def _tree(text: str) -> ast.AST:
    """A test that asks again has changed one file of hundreds."""
    return ast.parse(text)


@cache
def _loaded(tree: ast.AST) -> frozenset[str]:
    return frozenset(_names(tree))


def _names(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _keys(value: ast.expr) -> list[str]:
    assert isinstance(value, ast.Dict)
    return [ast.literal_eval(key) for key in value.keys if key]
