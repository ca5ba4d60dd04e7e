# SPDX-License-Identifier: Apache-2.0
"""Instances of a left side, drawn at random, op by op from the inside: what an op refuses is drawn anew."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from ..dialect.ops.attribute_kinds import FLOAT
from ..dialect.ops.spec import ValueSpec
from ..passes.rewriting.terms import (
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Term,
    Value,
    Variadic,
    View,
)
from . import hints
from .arithmetic import exactly
from .domains import INTEGERS, Domain, array_of, numbers_of
from .frames import PREFERENCES, Frame, Sizes, admitted
from .hypotheses import Hypotheses
from .instances import (
    Instance,
    LeftSide,
    NoCase,
    Shape,
    check_broadcasts,
    follow,
    read_op,
    unviewed,
)
from .integers import integers
from .moving import moves_between
from .tensors import Invalid, Tensor, Undefined

TRIES = 12
"""How often the letters of one op are drawn before the whole is begun anew."""


class Drawer:
    """Draws instances of one left side under hypotheses.  ranks: those that led to instances, by letter."""

    def __init__(self, left: LeftSide, hypotheses: Hypotheses, random: Random) -> None:
        self.left = left
        self.hypotheses = hypotheses
        self.random = random
        self.generator = np.random.default_rng(random.getrandbits(32))
        self.ranks: dict[Term, set[int]] = {}

    def draw(self, frame: Frame) -> Instance | None:
        """An instance that satisfies the hypotheses; None if that did not succeed."""
        instance = Instance(self.left, frame.domain)
        drawing = _Drawing(self, frame, instance)
        try:
            drawing.all()
            if not self.hypotheses.hold(drawing.instance):
                return None
        except (NoCase, Invalid, Undefined):
            return None
        for letter, tensor in drawing.instance.letters.items():
            if isinstance(tensor, Tensor):
                self.ranks.setdefault(letter, set()).add(len(tensor.shape))
        return drawing.instance


class _Drawing(Sizes):
    def __init__(self, drawer: Drawer, frame: Frame, instance: Instance) -> None:
        super().__init__(instance, frame, drawer.random)
        self.hypotheses = drawer.hypotheses
        self._drawer = drawer
        self._drawn: set[Term] = set()

    def all(self) -> None:
        left = self.instance.left
        for letter, sizes in self.hypotheses.sizes.items():
            if isinstance(letter, Const) and letter.dims and not letter.broadcast:
                for axis, size in sizes.items():
                    if 0 <= axis < len(letter.dims):
                        self.instance.sizes[letter.dims[axis]] = size
        for letter, place in left.places.items():
            self._attribute_letter(letter, place)
        for term in left.ops:
            self._op(term)
        check_broadcasts(self.instance)

    def _attribute_letter(self, letter: Term, place: tuple[OpTerm, str]) -> None:
        """One number or word; what depends on operands is drawn later."""
        op, name = place
        spec = op.family.spec.attributes[name]
        instance, number = self.instance, self.hypotheses.numbers.get(letter)
        given: Any
        if spec.kind is FLOAT:
            solved = self.hypotheses.solved(letter, instance, self._drawn)
            if number is not None:
                given = Tensor("f32", instance.domain, instance.domain.full((), number))
            elif solved is not None:
                given = Tensor("f32", instance.domain, solved)
            else:
                given = Tensor("f32", instance.domain, self._number())
        elif number is not None:
            given = int(number)
        elif place in self.frame.flags:
            given = self.frame.flags[place]
        else:
            values = hints.flag_values(spec)
            if not values:
                return
            given = self.random.choice(values)
        self._drawn.add(letter)
        for term in instance.left.ops:
            for other, found in term.attributes.items():
                if found is letter:
                    instance.attributes[term, other] = given

    def _op(self, term: OpTerm) -> None:
        before = self.instance
        reason: Exception = NoCase("nothing fits")
        for _ in range(TRIES):
            self.instance = before.copy()
            try:
                self._operands(term)
                self._attributes(term)
                read_op(self.instance, term)
                return
            except (NoCase, Invalid, Undefined) as error:
                reason = error
            if not self._free(term, before):
                break
        raise reason

    def _free(self, term: OpTerm, before: Instance) -> bool:
        """Whether another try may end otherwise."""
        return any(
            isinstance(operand, Moved)
            or (isinstance(operand, (Value, Const, Variadic)) and operand not in before.letters)
            or (isinstance(operand, (View, Channel)) and operand.of not in before.letters)
            for operand in term.operands
        ) or bool(term.others)

    def _operands(self, term: OpTerm) -> None:
        """Letters that stand beside a value are drawn last."""
        order = sorted(
            range(len(term.operands)), key=lambda at: isinstance(term.operands[at], Channel)
        )
        formals = term.family.spec.operands
        for index in order:
            operand, formal = term.operands[index], formals[min(index, len(formals) - 1)]
            letters = self.instance.letters
            match operand:
                case Value() | Const() if operand not in letters:
                    found = letters[operand] = self._operand(term, formal, operand)
                    if isinstance(operand, Const) and found is not None:
                        self.instance.seen[operand] = found.data  # equations may need it
                case View(of=Const() as letter) if letter not in letters:
                    letters[letter] = self._viewed(term, formal, operand, letter)
                case Channel(of=letter) if letter not in letters:
                    letters[letter] = self._along(term, index, formal, operand)
                case Variadic() if operand not in letters:
                    count = self.random.randint(max(formal.min_count - index, 0), 3)
                    letters[operand] = tuple(
                        self._tensor(term, formal, operand) for _ in range(count)
                    )
                case Moved():
                    inner = self.instance.tensor(operand.of)
                    assert inner is not None
                    self.instance.moves[operand] = moves_between(self.random, operand, inner)
                case _:
                    pass

    def _attributes(self, term: OpTerm) -> None:
        """Those that a rule names with a value, has letters for, or does not look at."""
        instance = self.instance
        known = instance.operands(term)
        for name, spec in term.family.spec.attributes.items():
            place, given = (term, name), term.attributes.get(name)
            if place in instance.attributes:
                continue
            if isinstance(given, Attribute):
                first = instance.left.places[given]
                if first not in instance.attributes:
                    found = hints.attribute_value(self.random, spec, known)
                    equated = self.hypotheses.equated.get(given, ())
                    for like in (*instance.left.alike.get(given, ()), *equated):
                        place = instance.left.places[like]
                        if place in instance.attributes and self.random.random() < 0.8:
                            found = instance.attributes[place]
                    instance.attributes[first] = found
                instance.attributes[place] = instance.attributes[first]
            elif name in term.attributes:
                instance.attributes[place] = given
            elif term.others is not None and name not in term.family.ignored:
                if place in self.frame.flags:
                    instance.attributes[place] = self.frame.flags[place]
                elif name in ("pads", "auto_pad") and term in self.hypotheses.unpadded:
                    if name == "auto_pad":
                        instance.attributes[place] = self.random.choice(("NOTSET", "VALID"))
                elif name == "pads" and instance.attributes.get((term, "auto_pad")) != "NOTSET":
                    pass  # they exclude each other
                elif spec.kind is FLOAT:
                    instance.attributes[place] = Tensor("f32", instance.domain, self._number())
                else:
                    found = hints.attribute_value(self.random, spec, known)
                    if found is not None:
                        instance.attributes[place] = found

    def _present(self, letter: Term, formal: ValueSpec) -> bool:
        if isinstance(letter, Const):
            if letter.absent is None or formal.arity != "optional":
                return True
        elif formal.arity != "optional":
            return True
        found = self.hypotheses.present.get(letter, self.frame.present.get(letter))
        return self.random.random() < 0.7 if found is None else found

    def _operand(self, term: OpTerm, formal: ValueSpec, letter: Value | Const) -> Tensor | None:
        if not self._present(letter, formal):
            return None
        if isinstance(letter, Const) and letter.dims is not None:
            shape = self.dims(term, letter) if not letter.broadcast else self.broadcast(letter)
            return self._filled(term, formal, letter, shape)
        return self._tensor(term, formal, letter)

    def _viewed(self, term: OpTerm, formal: ValueSpec, view: View, letter: Const) -> Tensor | None:
        if not self._present(letter, formal):
            return None
        if letter.dims is None or letter.broadcast:
            return self._tensor(term, formal, letter)
        parameter = self.instance.attribute(view.by)
        sizes, groups = self.instance.sizes, letter.dims[0]
        if view.kind == "grouped" and sizes.setdefault(groups, parameter) != parameter:
            raise NoCase("other groups")
        seen = np.empty(self.dims(term, letter, view.kind == "grouped"), object)
        return self._filled(term, formal, letter, unviewed(view, seen, parameter).shape)

    def _along(
        self, term: OpTerm, index: int, formal: ValueSpec, channel: Channel
    ) -> Tensor | None:
        """A vector along one axis of the other operand, or a scalar."""
        other = term.operands[1 - index]
        assert other is not None
        beside = self.instance.tensor(other)
        assert beside is not None
        rank, random = len(beside.shape), self.random
        pattern = self.frame.patterns.get(channel.of)
        scalar = random.random() < 0.3 if pattern is None else not any(pattern)
        if scalar:
            shape: Shape = (1,) * random.randint(0, min(rank, 2))
        else:
            axis = self.instance.axes.get(channel.beside, channel.axis)
            if isinstance(channel.beside, Moved):
                axis = follow(self.instance, channel.beside)
            axis = axis - rank if axis >= 0 else axis
            if not -rank <= axis < 0:
                raise NoCase("there is no such axis")
            shape = (beside.shape[axis], *(1,) * (-axis - 1))
            shape = (1,) * random.choice((0, 0, rank - len(shape))) + shape
        return self._filled(term, formal, channel.of, shape)

    def _tensor(self, term: OpTerm, formal: ValueSpec, letter: Term) -> Tensor:
        """A tensor of any shape, at times one that broadcasts with the other operands'."""
        random = self.random
        known = [self.known(operand) for operand in term.operands]
        elements = hints.operand_numbers(random, term.family.op_names[0], formal.name, known)
        if elements is not None:
            for other in self.hypotheses.equated.get(letter, ()):
                if (
                    isinstance(same := self.instance.letters.get(other), Tensor)
                    and random.random() < 0.5
                ):
                    elements = tuple(same.data.reshape(-1).tolist())
            data = np.array(elements, dtype=object)
            type_ = self._type(term, formal, letter)
            return Tensor(type_, INTEGERS, data.reshape(np.shape(elements)))
        shapes = [tensor.shape for tensor in known if tensor is not None]
        rank = self.hypotheses.ranks.get(letter)
        beside = map(self.instance.letters.get, self.instance.left.alike.get(letter, ()))
        alike = [tensor.shape for tensor in beside if isinstance(tensor, Tensor)]
        if alike and random.random() < 0.9:
            chosen = random.choice(alike)
            at = random.randrange(-1, len(chosen))
            sizes = enumerate(chosen)
            shape = tuple(self.new_size() if axis == at else size for axis, size in sizes)
        elif shapes and random.random() < 0.6:
            like = random.choice(shapes)
            if random.random() < 0.4:
                like = like[random.randint(0, len(like)) :]
            shape = tuple(size if random.random() < 0.7 else 1 for size in like)
        else:
            if rank is None:
                learned = self._drawer.ranks.get(letter)
                if learned and random.random() < 0.85:
                    rank = random.choice(sorted(learned))
                else:
                    rank = random.choice((0, 1, 2, 2, 3, 3, 4, 4))
            pool = self.pool(term)
            shape = tuple(self.new_size(pool) for _ in range(rank))
        if rank is not None and len(shape) != rank:
            shape = tuple(self.new_size() for _ in range(rank))
        for other in self.hypotheses.alike.get(letter, ()):
            if isinstance(found := self.instance.letters.get(other), Tensor):
                shape = found.shape
        sized = [*self.hypotheses.sizes.get(letter, {}).items()]
        for term_, size in self.hypotheses.along.get(letter, ()):
            axis = integers(term_, self.instance)
            assert isinstance(axis, int)
            sized.append((axis, size))
        for axis, size in sized:
            if -len(shape) <= axis < len(shape):
                axis %= len(shape)
                shape = (*shape[:axis], size, *shape[axis + 1 :])
        return self._filled(term, formal, letter, shape)

    def _type(self, term: OpTerm, formal: ValueSpec, letter: Term) -> str:
        """The element type: that of the other operands where it has to be, else what the frame prefers."""
        bound: dict[str, str] = {}
        formals = term.family.spec.operands
        for index, operand in enumerate(term.operands):
            inner = operand.of if isinstance(operand, (View, Channel)) else operand
            tensor = self.known(inner)
            if tensor is not None:
                bound[formals[min(index, len(formals) - 1)].variable] = tensor.type
        bound.pop("", None)
        if formal.variable in bound:
            return bound[formal.variable]
        allowed = admitted(formal.types)
        preferred = PREFERENCES[self.frame.type]
        if letter in self.hypotheses.types:
            preferred = self.hypotheses.types[letter]
        elif self.frame.mixed:
            preferred = tuple(self.random.sample(("f32", "f16"), 2)) + preferred[1:]
        for type_ in preferred:
            if allowed is None or type_ in allowed:
                return type_
        raise NoCase("no type that is tried")

    def _filled(self, term: OpTerm, formal: ValueSpec, letter: Term, shape: Shape) -> Tensor:
        type_ = self._type(term, formal, letter)
        numbers = numbers_of(type_, self.frame.domain)
        number = self.hypotheses.numbers.get(letter)
        if number is not None:
            data = numbers.full(shape, number)
        else:
            bound = {*self.instance.seen, *self.instance.left.places}
            solved = self.hypotheses.solved(letter, self.instance, bound)
            if solved is not None:
                data = np.broadcast_to(solved, shape)
            else:
                data = self._numbers(shape, numbers)
                if numbers is self.frame.domain and self.instance.left.roots:
                    squares = numbers.mul(data, data)
                    rooted = self.hypotheses.rooted(letter, self.instance, bound, squares)
                    data = data if rooted is None else rooted
                if letter in self.hypotheses.positive and numbers.ordered:
                    data = numbers.add(numbers.mul(data, data), exactly(1, numbers))
        return Tensor(type_, numbers, data)

    def _number(self) -> Any:
        """An attribute."""
        domain = self.instance.domain
        if self.frame.plain:
            return domain.full((), self.random.choice((0, 1, 1, 2)))
        return domain.draw(self._drawer.generator, ())

    def _numbers(self, shape: Shape, numbers: Domain) -> Any:
        if self.frame.plain and numbers.ordered:
            chosen = self._drawer.generator.choice((0, 1, 1, 2, 3, -1, 4), shape)

            def element(one: Any) -> Any:
                return numbers.from_python(int(one))

            return numbers.map(element, array_of(chosen))
        return numbers.draw(self._drawer.generator, shape)
