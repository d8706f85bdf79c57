"""List the people of a tree of descent, and draw it, for a viewer. No I/O."""

from dataclasses import replace

from ..types import Viewer
from . import drawing, trees, verdicts
from .types import DescentTree, Family, ListedRelative, Relative

MOST_RELATIVES = 50  # of parents, and of children: a larger tree cannot be read


def family_of(tree: DescentTree, viewer: Viewer, *, is_drawn: bool = True, is_whole: bool = True) -> Family:
    """List the relatives of a tree, at most MOST_RELATIVES; draw it if is_drawn and it has any.

    is_whole: the answer that it was made of lacks no part.
    """
    left_out = sum(max(0, len(people) - MOST_RELATIVES) for people in (tree.parents, tree.children))
    tree = replace(tree, parents=tree.parents[:MOST_RELATIVES], children=tree.children[:MOST_RELATIVES])
    is_drawn = is_drawn and bool(tree.parents or tree.children)
    return Family(
        tree=tree,
        drawing=drawing.draw(tree, is_own=not viewer.is_about_child, is_whole=is_whole) if is_drawn else None,
        parents=[ListedRelative(parent.name, trees.details_of(parent)) for parent in tree.parents],
        children=[_child(child, viewer) for child in tree.children],
        is_own=not viewer.is_about_child,
        left_out=left_out,
        is_whole=is_whole,
    )


def _child(child: Relative, viewer: Viewer) -> ListedRelative:
    """Describe a child, with the address of their profile where this viewer has such addresses.

    may_be_seen is by the parent's own answer only; the page of the profile judges by the child's answer too. Where it
    is false the address stays: that page says why the profile is not shown.
    """
    if viewer.address_of is None or viewer.today is None or not child.number:
        return ListedRelative(child.name, trees.details_of(child))
    may_be_seen = verdicts.verdict_of_parent(child, viewer.today) == "allowed"
    return ListedRelative(child.name, trees.details_of(child), viewer.address_of(child.number), may_be_seen)
