"""System checks of what features declare: that it exists, and that no two features claim the same.

Without them the first of two would win silently, or pages would fail only when somebody asks for them.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from procrastinate.exceptions import TaskAlreadyRegistered

from portal.platform.access import cookies
from portal.platform.access.types import Audience
from portal.platform.feature import installed
from portal.platform.feature.home import Block
from portal.platform.feature.types import CookieDeclaration, Feature
from portal.platform.help import entries, marks
from portal.platform.jobs import queue, worker
from portal.platform.kit.errors import PortalError
from portal.platform.mail.types import MailContent
from portal.platform.ui import icons, links

from .transport_checks import is_loopback
from .url_table import may_overlap, module_of, url_entries

# The directives of the content security policy that a feature may widen: never those for code, styles or forms.
OPEN = frozenset(("connect-src", "font-src", "img-src", "media-src"))
_ORIGIN = re.compile(r"(?P<scheme>https?)://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
_PREFIX = re.compile(r"([a-z0-9-]+/)*")
_BLOCK = re.compile(r"[a-z][a-z0-9-]*")
_RULE = re.compile(r"[a-z_]+\.[a-z_]+")


@register
def addresses_are_guarded(**_: Any) -> list[CheckMessage]:
    """Report an address without a guard: it would answer everybody."""
    return [
        Error(
            f"{entry.pattern.lookup_str} (/{entry.route}) does not say who may see it.",
            hint="Put a guard on its view: `anyone`, `signed_in`, `machine_client` (docs/architecture.md).",
            id="portal.E041",
        )
        for entry in url_entries(get_resolver())
        if not isinstance(getattr(entry.pattern.callback, "audience", None), Audience)
    ]


@register
def addresses_are_apart(**_: Any) -> list[CheckMessage]:
    """Report an address that two rooms may answer: the first would win."""
    table = [(entry.room, entry.route) for entry in url_entries(get_resolver())]
    table.append(("static files", f"{settings.STATIC_URL.strip('/')}/<path:file>"))
    return [
        Error(
            f"{room} (/{route}) and {other} (/{others}) may answer at one address.",
            hint="Give the feature a `prefix` that no other room's addresses begin with.",
            id="portal.E042",
        )
        for (room, route), (other, others) in combinations(table, 2)
        if room != other and may_overlap(route, others)
    ]


@register
def addresses_bear_the_name_of_their_feature(**_: Any) -> list[CheckMessage]:
    """Report a URL namespace that is not its feature's id, and a prefix in the wrong form."""
    rooms = [each for each in get_resolver().url_patterns if isinstance(each, URLResolver)]
    spaces = {module_of(room): room.namespace for room in rooms}
    messages: list[CheckMessage] = []
    for feature in installed.features():
        if feature.urls and spaces.get(feature.urls) != feature.id:
            hint = f"Write app_name = {feature.id!r} in {feature.urls}."
            message = f"The addresses of {feature.id!r} are called {spaces.get(feature.urls)!r}."
            messages.append(Error(message, hint=hint, id="portal.E043"))
        if not _PREFIX.fullmatch(feature.prefix):
            hint = "Write it as `parkeren/`: small letters, digits and hyphens, with a slash at the end only."
            messages.append(
                Error(f"The prefix of {feature.id!r} is {feature.prefix!r}.", hint=hint, id="portal.E043")
            )
    return messages


@register
def files_are_apart(**_: Any) -> list[CheckMessage]:
    """Report templates and static files outside the feature's own folder: they could replace another room's."""
    return [
        Error(
            f"{feature.package} has {kind}/{child.name}.",
            hint=f"Put it into {kind}/{feature.id}/, and name it so.",
            id="portal.E044",
        )
        for feature in installed.features()
        for kind in ("templates", "static")
        if (folder := installed.folder_of(feature) / kind).is_dir()
        for child in sorted(folder.iterdir())
        if child.name != feature.id
    ]


@register
def declared_pages_are_there(**_: Any) -> list[CheckMessage]:
    """Report places, and sizes of request bodies, for pages that do not exist or are another feature's."""
    return [
        Error(
            f"{feature.id!r} declares the page {route!r}, which is not there, or is another's.",
            hint="Name a route of its own addresses, with all that fills it in; a large body has one without parts.",
            id="portal.E045",
        )
        for feature in installed.features()
        for route, arguments in _pages(feature)
        if not route.startswith(f"{feature.id}:") or not _is_there(route, arguments)
    ]


@register
def places_are_apart(**_: Any) -> list[CheckMessage]:
    """Report places in the navigation with the same title or page, and one under a place that does not exist."""
    try:
        return list(wrong_places(installed.features(), installed.absent_ids()))
    except PortalError:
        # Navigation depends on the catalogue. The manifests are wrong, which another check reports.
        return []


@register
def blocks_can_be_shown(**_: Any) -> list[CheckMessage]:
    """Report two blocks with one name, and a block whose template or icon does not exist."""
    try:
        return list(wrong_blocks(installed.features()))
    except PortalError:
        # Cards depend on the catalogue, as places do.
        return []


@register
def counts_are_their_own(**_: Any) -> list[CheckMessage]:
    """Report a count of unread things by an SQL function with a foreign name: the name is put into a statement."""
    return [
        Error(
            f"{feature.id!r} counts what is unread by {feature.unread!r}.",
            hint="Name an SQL function of its own, FEATURE_…, in small letters and underscores.",
            id="portal.E058",
        )
        for feature in installed.features()
        if feature.unread and not re.fullmatch(rf"{feature.id}_[a-z_]+", feature.unread)
    ]


@register
def operations_are_of_machines(**_: Any) -> list[CheckMessage]:
    """Report an address for machines that no operation describes, and an operation without such an address."""
    return list(wrong_operations(installed.features()))


@register
def mails_are_apart(**_: Any) -> list[CheckMessage]:
    """Report kinds of mail that are no `MailContent`, or that share a tag: one would be decoded as the other."""
    return list(wrong_mails(installed.features()))


@register
def links_are_apart(**_: Any) -> list[CheckMessage]:
    """Report two links (`ui.links`) with one name, and a module of links that cannot be imported."""
    try:
        links.links_by_name()
    except (ImproperlyConfigured, ImportError) as error:
        return [Error(f"Links: {error}", hint="Give each link a name of its own.", id="portal.E046")]
    return []


@register
def help_leads_to_pages(**_: Any) -> list[CheckMessage]:
    """Report an answer of the help that leads to a page that does not exist, or is about one."""
    names = {f"{entry.space}:{entry.pattern.name}" for entry in url_entries(get_resolver())}
    answers = entries.whole_help().entries.values()
    about = {(entry.slug, place.route) for entry in answers for place in entry.places}
    strange = sorted(
        (slug, route)
        for slug, route in about
        if route not in names and route.partition(":")[0] not in installed.absent_ids()
    )
    strange += [
        (entry.slug, piece.href)
        for entry in answers
        for part in entry.parts
        for line in part.lines
        for piece in line
        if not _is_address(piece.href)
    ]
    hint = "Name a page as the URL table does, ROOM:NAME, with all that fills it in."
    return [
        Error(f"The help's {slug!r} leads to {place!r}, which is not there.", hint=hint, id="portal.E053")
        for slug, place in strange
    ]


@register
def tasks_bear_the_name_of_their_feature(**_: Any) -> list[CheckMessage]:
    """Report a task whose name does not begin with its feature's id: the queue finds tasks by their names alone.

    An alias may begin otherwise: jobs may still wait under the name that a task had in an earlier release.
    """
    hint = "Begin the name of each task with its feature's and a dot."
    try:
        worker.register_tasks()
    except (TaskAlreadyRegistered, ImportError) as error:
        return [Error(f"Tasks: {error}.", hint=hint, id="portal.E047")]
    return [
        Error(f"The task {name!r} is of {feature.id!r}.", hint=hint, id="portal.E047")
        for name, task in sorted(queue.app.tasks.items())
        for feature in installed.features()
        if f"{task.func.__module__}.".startswith(f"{feature.package}.")
        and name == task.name
        and not name.startswith(f"{feature.id}.")
    ]


@register
def policies_are_narrow(**_: Any) -> list[CheckMessage]:
    """Report what would widen the content security policy too far, or by more than single origins."""
    return list(wrong_policies(installed.features()))


@register
def cookies_are_apart(**_: Any) -> list[CheckMessage]:
    """Report a cookie of our host that other sites could set, and one with the name of another."""
    return list(wrong_cookies(installed.features()))


def _pages(feature: Feature) -> Iterator[tuple[str, Mapping[str, str]]]:
    """List the routes that a feature names, with their arguments."""
    yield from ((route, {}) for route in feature.bodies)
    try:
        yield from ((place.route, place.arguments) for place in feature.navigation())
    except PortalError:
        # Navigation depends on the catalogue. The manifests are wrong, which another check reports.
        return


def _is_there(route: str, arguments: Mapping[str, str]) -> bool:
    try:
        reverse(route, kwargs=dict(arguments))
    except NoReverseMatch:
        return False
    return True


def _is_address(target: str) -> bool:
    try:
        marks.address(target)
    except NoReverseMatch:
        return False
    return True


def _without_template(feature: Feature, name: str) -> CheckMessage:
    hint = f"Put it into templates/ of {feature.package}."
    return Error(f"{feature.id!r} names the template {name!r}, which is not there.", hint=hint, id="portal.E048")


def _without_icon(feature: str, name: str) -> CheckMessage:
    hint = "Name one of portal/platform/ui/icons, or none."
    return Error(f"{feature!r} names the icon {name!r}, which nobody drew.", hint=hint, id="portal.E057")


def wrong_places(features: Sequence[Feature], left_out: Collection[str]) -> Iterator[CheckMessage]:
    """Find what is wrong with places: they have two levels, and each its own title on its level and its own page."""
    places = [(feature.id, place) for feature in features for place in feature.navigation()]
    first = {place.route for _, place in places if not place.under}
    claimed: dict[object, str] = {}
    for owner, place in places:
        if place.under and place.under not in first and place.under.partition(":")[0] not in left_out:
            hint = "Name the route of a place that has none above it, or leave `under` out."
            where = f"under {place.under!r}, where no place of the first level is"
            yield Error(f"The place {place.title!r} of {owner!r} stands {where}.", hint=hint, id="portal.E055")
        if place.icon and not icons.is_drawn(place.icon):
            yield _without_icon(owner, place.icon)
        for claim in ((place.under, place.title), (place.route, *sorted(place.arguments.items()))):
            if claim in claimed:
                hint = "Give each place a title of its own where it stands, and name each page once."
                message = f"The place {place.title!r} of {owner!r} is there already, of {claimed[claim]!r}."
                yield Error(message, hint=hint, id="portal.E056")
            claimed[claim] = owner


def wrong_blocks(features: Sequence[Feature]) -> Iterator[CheckMessage]:
    """Find what is wrong with blocks; their names are anchors on one page."""
    claimed: dict[str, str] = {}
    taken_rules: set[str] = set()
    for feature, block in ((each, block) for each in features for block in each.blocks):
        if not _BLOCK.fullmatch(block.name) or block.name in claimed:
            hint = "Give it a name of its own, of small letters, digits and hyphens."
            message = f"The block {block.name!r} of {feature.id!r} has a name that is taken, or none."
            yield Error(message, hint=hint, id="portal.E049")
        claimed[block.name] = feature.id
        if block.template and not (installed.folder_of(feature) / "templates" / block.template).is_file():
            yield _without_template(feature, block.template)
        yield from (
            _without_icon(feature.id, each.icon)
            for each in block.cards()
            if each.icon and not icons.is_drawn(each.icon)
        )
        yield from _wrong_rules(feature, block, taken_rules)


def _wrong_rules(feature: Feature, block: Block, claimed: set[str]) -> Iterator[CheckMessage]:
    """Find rules whose ids are not their own: dismissals are stored by these ids."""
    for rule in block.rules:
        if not _RULE.fullmatch(rule.id) or rule.id.partition(".")[0] != feature.id or rule.id in claimed:
            message = f"The rule {rule.id!r} of {feature.id!r} has a name that is taken, or none of its own."
            yield Error(message, hint="Name it FEATURE.RULE, in small letters and underscores.", id="portal.E054")
        claimed.add(rule.id)


def wrong_operations(features: Sequence[Feature]) -> Iterator[CheckMessage]:
    """Find addresses for machines without an operation, and operations without such an address."""
    for_machines = {
        f"{entry.space}:{entry.pattern.name}"
        for entry in url_entries(get_resolver())
        if getattr(entry.pattern.callback, "audience", None) is Audience.MACHINE
        or getattr(entry.pattern.callback, "takes_programs", False)
        or getattr(entry.pattern.callback, "read_by_programs", False)
    }
    for feature in features:
        own = {name for name in for_machines if name.partition(":")[0] == feature.id}
        for route in sorted(own ^ {operation.route for operation in feature.operations}):
            hint = "Name in `operations` each address of its own whose view has a guard for machines, and no other."
            message = f"{feature.id!r} lets machines ask at {route!r}, or says so, and not both."
            yield Error(message, hint=hint, id="portal.E059")


def wrong_mails(features: Sequence[Feature]) -> Iterator[CheckMessage]:
    """Find what is wrong with kinds of mail."""
    claimed: dict[object, str] = {}
    for feature, kind in ((each, kind) for each in features for kind in each.mails):
        name, tag = f"{feature.id}'s {kind.__name__}", kind.__struct_config__.tag
        if (
            not issubclass(kind, MailContent)
            or tag is None
            or not all(hasattr(kind, attribute) for attribute in ("subject", "words"))
        ):
            hint = "Derive it from `mail.types.MailContent`, with `tag`, `subject` and `words`."
            yield Error(f"{name} is no kind of mail.", hint=hint, id="portal.E050")
            continue
        if tag in claimed:
            message = f"{name} and {claimed[tag]} are both kept under the tag {tag!r}."
            yield Error(message, hint="Give one of them another tag.", id="portal.E050")
        claimed[tag] = name
        if not (installed.folder_of(feature) / "templates" / kind.words).is_file():
            yield _without_template(feature, kind.words)


def wrong_policies(features: Sequence[Feature]) -> Iterator[CheckMessage]:
    """Find what features ask of the content security policy that is not allowed."""
    for feature in features:
        for directive, origins in feature.policy.items():
            if directive not in OPEN:
                message = f"{feature.id!r} asks for {directive} in the content policy."
                hint = f"Only these can be widened: {', '.join(sorted(OPEN))}."
                yield Error(message, hint=hint, id="portal.E051")
            for origin in origins:
                match = _ORIGIN.fullmatch(origin)
                if not match or (match["scheme"] == "http" and not is_loopback(urlsplit(origin).hostname or "")):
                    message = f"{feature.id!r} asks for {origin!r} in the content policy."
                    yield Error(message, hint="Name one origin, as https://kaart.example.", id="portal.E051")


def wrong_cookies(features: Sequence[Feature]) -> Iterator[CheckMessage]:
    """Find cookies of features without `__Host-`, or with the name of another."""
    claimed: list[CookieDeclaration] = [*cookies.DECLARED, cookies.LANGUAGE]
    for feature, cookie in ((each, cookie) for each in features for cookie in each.cookies):
        for name in cookie.names:
            if cookie.type == "Cookie" and cookie.domain == cookies.OUR_HOST and not name.startswith("__Host-"):
                hint = "Let its name begin with __Host-: no other site can set it then, and it is sent encrypted."
                yield Error(f"The cookie {name!r} of {feature.id!r} is too open.", hint=hint, id="portal.E052")
            if any(_is_one_cookie(name, other) for each in claimed for other in each.names):
                message = f"The cookie {name!r} of {feature.id!r} has the name of another."
                yield Error(message, hint="Give it a name of its own.", id="portal.E052")
        claimed.append(cookie)


def _is_one_cookie(first: str, second: str) -> bool:
    """Tell whether two names, which may end in `*`, can be those of one cookie."""
    stem, other = first.removesuffix("*"), second.removesuffix("*")
    return stem == other or (first != stem and other.startswith(stem)) or (second != other and stem.startswith(other))
