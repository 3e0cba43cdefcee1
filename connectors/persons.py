"""Persons: what tells one in the messages of Vietnamese offices, and how such a message is kept without them.

Feeds of health carry aggregates only. A message that speaks of persons is refused, and of it only the skeleton is
stored: its structure and the field names that its format or this list knows, every value replaced.

Sources of the names: the tables of QĐ 130/QĐ-BYT and QĐ 4750/QĐ-BYT (XML 1 to 15), the declarations of health and
social insurance, FHIR R4, the tracker of DHIS2. The number of a citizen's card (CCCD): 12 digits, of which three are
the province and the fourth tells sex and century (NĐ 137/2015/NĐ-CP, Điều 13); of health insurance: two letters and
13 digits.
"""

import json
import re
from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from functools import lru_cache

from connectors.contract import Undecodable
from connectors.spelling import plain

MARK = "(person)"
"""Stands where something told a person."""
BLANK = "*"
"""Stands for every other value of such a message."""

_PERSONAL = """
    hoten hovaten hotenbn hotencha hotenme tenbenhnhan tennguoibenh tenbn tennguoidan
    hotencon hotenchame hotennguoigiamho nguoigiamho chuho tenchuho hotenchuho hotennguoinha
    socccd cccd cccdnnd socccdnnd socccdcha socccdme cccdme cccdcha socmnd cmnd socmt cmt socmndcccd cmndcccd sohochieu
    sodinhdanh sodinhdanhcanhan madinhdanhcanhan sogiayto soddcn
    mathebhyt mathe sothebhyt mathetam masobhxh mabhxh sosobhxh mathebhytcon
    ngaysinh namsinh ngaythangnamsinh ngaysinhcon ngaysinhcha ngaysinhme
    sodienthoai dienthoai dienthoainguoinha sdt didong dtdd
    malk mabn mabenhnhan mahsba mahssk noidungfile filehoso giamdinhhs danhsachhoso
    patient patients patientid patientname fullname firstname lastname givenname familyname birthdate dateofbirth dob
    nationalid citizenid passport phonenumber mobilephone trackedentity trackedentities trackedentityinstance
    trackedentityinstances enrollments
"""
_NAMES = frozenset(_PERSONAL.split())
_LONGEST_NAME = 40
_SHORTEST = 10
_CARD = r"0\d{2}[0-3]\d{8}|[A-Za-z]{2}\d{13}"
"""CCCD, health insurance card."""
_TELEPHONE = r"(?:\+84|0)[35789]\d(?:[ .]?\d){7}"
_CARDS = re.compile(rf"(?<![\w.,-])(?:{_CARD})(?![\w-])")
_NUMBERS = re.compile(rf"(?<![\w.,-])(?:{_CARD}|{_TELEPHONE})(?![\w-])")
_EMAIL = re.compile(r"[^\s\"@<>]@[^\s\"@<>]+\.[A-Za-z]")
_CLINICAL = """
    Patient Person RelatedPerson Practitioner PractitionerRole Encounter EpisodeOfCare Observation Condition Procedure
    Immunization ImmunizationRecommendation MedicationRequest MedicationStatement DiagnosticReport Specimen Coverage
    Claim Composition DocumentReference QuestionnaireResponse AllergyIntolerance FamilyMemberHistory CarePlan List
"""
_RESOURCES = frozenset(_CLINICAL.split())
_REFERENCE = re.compile(rf"(?:^|/)(?:{'|'.join(sorted(_RESOURCES))})(?:/|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_BONES = re.compile(rb"</?\s*([A-Za-z][A-Za-z0-9_]{0,39})\b|\"([A-Za-z][A-Za-z0-9_]{0,39})\"\s*:")


@lru_cache(1024)
def named(label: str) -> bool:
    """Tell whether a field or heading names something of a person: ``SO_CCCD``, ``Họ và tên``, ``hoTen``."""
    return len(label) <= _LONGEST_NAME and "".join(filter(str.isalnum, plain(label))) in _NAMES


def carded(text: str) -> bool:
    """Tell whether a text holds the number of a card, of a citizen (CCCD) or of health insurance."""
    return len(text) >= _SHORTEST and bool(_CARDS.search(text))


def told(text: str) -> bool:
    """Tell whether a text holds a person's number (CCCD, insurance card, telephone), e-mail, or FHIR reference."""
    if len(text) >= _SHORTEST and _NUMBERS.search(text):
        return True
    return (
        MARK in text or ("@" in text and bool(_EMAIL.search(text))) or ("/" in text and bool(_REFERENCE.search(text)))
    )


def place(said: object) -> str:
    """Return where a JSON document first tells a person (``entry[0].resource.HO_TEN``); ``""`` where it does not.

    Keys that are no plain words stand as ``*``, so that the place itself tells nobody.
    """
    if isinstance(said, Mapping):
        kind = said.get("resourceType")
        if isinstance(kind, str) and kind in _RESOURCES:
            return "resourceType"
        for key, value in said.items():
            if named(key) or told(key):
                return _spoken(key)
            if below := place(value):
                return f"{_spoken(key)}{'' if below.startswith('[') else '.'}{below}".removesuffix(".-")
    elif isinstance(said, list):
        for n, value in enumerate(said):
            if below := place(value):
                return f"[{n}]{'' if below.startswith('[') else '.'}{below}".removesuffix(".-")
    elif isinstance(said, str) and told(said):
        return "-"
    return ""


def cleansed(body: bytes, known: Container[str], kept: Callable[[object], object]) -> bytes:
    """Return what of a JSON message may be stored; idempotent where ``kept`` is.

    ``kept`` takes the parsed message (decimals exact, as ``Decimal``) and gives what its format knows. A message
    that tells a person is kept as a skeleton with the keys of ``known``; one that is no JSON as the names in it.
    """
    try:
        said = json.loads(body, parse_float=Decimal, parse_constant=str)
        its = _skeleton(said, known) if place(said) else kept(said)
        return _written(its).encode("utf-8", "replace")
    except (ValueError, ArithmeticError, RecursionError):
        return _bones(body, known)


def refuse(body: bytes) -> None:
    """Raise :class:`Undecodable` where a body, cleansed, is the skeleton of one that told a person."""
    if MARK.encode() in body:
        try:
            where = place(json.loads(body))
        except (ValueError, RecursionError):
            where = ""
        raise Undecodable(
            "tells of a person: this feed carries aggregates only, and nothing that was said is kept; send counts",
            place="body" if where in ("", "-") else where,
        )


def _skeleton(said: object, known: Container[str]) -> object:
    if isinstance(said, Mapping):
        kind = said.get("resourceType")
        personal = isinstance(kind, str) and kind in _RESOURCES
        bones: dict[str, object] = {}
        for key, value in said.items():
            name = key if key in known or (named(key) and _WORD.fullmatch(key)) else BLANK
            mark = named(key) or told(key) or (personal and key == "resourceType")
            if bones.get(name) != MARK:  # of the keys that became one, the one that tells a person stays
                bones[name] = MARK if mark else _skeleton(value, known)
        return bones
    if isinstance(said, list):
        return [_skeleton(value, known) for value in said]
    return MARK if isinstance(said, str) and told(said) else BLANK


def _bones(body: bytes, known: Container[str]) -> bytes:
    """Return the names of fields in a body that is no JSON (XML, a torn message), and that it told a person."""
    names = [(tag or key).decode("ascii") for tag, key in _BONES.findall(body)]
    text = body.decode("utf-8", "replace")
    mark = f" {MARK}" if told(text) or any(map(named, names)) else ""
    return (BLANK + mark + "".join(f" <{name}" for name in names if name in known or named(name))).encode()


def _spoken(key: str) -> str:
    return key if _WORD.fullmatch(key) and not told(key) else BLANK


def _written(said: object) -> str:
    try:
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    except TypeError:  # decimals, which only we write exactly
        pass
    if isinstance(said, Mapping):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_written(said[key])}" for key in said) + "}"
    if isinstance(said, list):
        return "[" + ",".join(map(_written, said)) + "]"
    return str(said)
