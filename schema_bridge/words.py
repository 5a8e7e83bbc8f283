"""English words as schemas use them: the singular of a plural, and the acronyms that are written in capitals."""

from __future__ import annotations


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text: how the long lists of this room are written."""
    return tuple(text.split())


ACRONYMS: tuple[str, ...] = words_of(
    """
    ACL AI AML API AWS B2B B2C CDN CLI CMS CPU CRM CRUD CSS CSV DNS EAN ERP ETL EXIF FAQ FTP GCP GDPR GIS GPS
    GPU GTIN HTML HTTP HTTPS IBAN ID IMAP IoT IP ISBN ISO JSON JSONB JWT KPI KYC LDAP LLM MFA ML NFC NFT OAuth
    OCR OIDC ORM OTP PDF QR RAG RBAC REST RFID RLS RPC RSS S3 SAML SDK SEO SFTP SKU SLA SMS SMTP SQL SSH SSL SSO
    SVG TCP TLS TOTP UDP UI UPC URI URL UTM UUID UX VAT VIN VPN XML YAML
    """
)

IRREGULAR = {
    "analyses": "analysis",
    "appendices": "appendix",
    "axes": "axis",
    "bacteria": "bacterium",
    "bureaux": "bureau",
    "calves": "calf",
    "children": "child",
    "codices": "codex",
    "crises": "crisis",
    "criteria": "criterion",
    "curricula": "curriculum",
    "diagnoses": "diagnosis",
    "dice": "die",
    "elves": "elf",
    "emphases": "emphasis",
    "feet": "foot",
    "geese": "goose",
    "grandchildren": "grandchild",
    "halves": "half",
    "hypotheses": "hypothesis",
    "indices": "index",
    "knives": "knife",
    "leaves": "leaf",
    "lives": "life",
    "loaves": "loaf",
    "matrices": "matrix",
    "memoranda": "memorandum",
    "men": "man",
    "mice": "mouse",
    "oases": "oasis",
    "oxen": "ox",
    "parentheses": "parenthesis",
    "people": "person",
    "phenomena": "phenomenon",
    "quizzes": "quiz",
    "salesmen": "salesman",
    "salespeople": "salesperson",
    "scarves": "scarf",
    "selves": "self",
    "shelves": "shelf",
    "synopses": "synopsis",
    "syntheses": "synthesis",
    "teeth": "tooth",
    "theses": "thesis",
    "thieves": "thief",
    "vertices": "vertex",
    "vortices": "vortex",
    "wives": "wife",
    "wolves": "wolf",
    "women": "woman",
}

KEPT = frozenset(
    words_of(
        """
        alias always analytics as atlas bias billing canvas chaos cms data dns economics equipment ethics feedback
        gas goods gps has headquarters information inventory kudos lens logistics mathematics means media metadata
        news os physics politics pos preferences sales series settings sheep sms software species statistics status
        tennis this
        """
    )
)
"""Words that are their own singular, or that name one thing although they look like several."""

IE_WORDS = frozenset(
    words_of(
        """
        brownie calorie cookie die freebie genie hoodie hippie lie movie newbie pie prairie rookie selfie smoothie
        sortie tie zombie
        """
    )
)
"""Those in -ies whose singular ends in -ie."""

US_WORDS = frozenset(
    words_of(
        """
        apparatus bonus bus cactus campus census circus citrus consensus corpus discus focus fungus genius hiatus
        locus minibus nexus nucleus octopus omnibus opus plus prospectus radius sinus status stimulus surplus
        syllabus terminus thesaurus torus tumulus versus virus walrus
        """
    )
)
"""Those in -uses whose singular ends in -us."""

ES_WORDS = frozenset(
    words_of(
        """
        alias atlas bias canvas gas iris lens pancreas trellis albatross echo embargo hero mosquito potato tomato
        torpedo veto volcano cargo domino mango tornado
        """
    )
)
"""Those that take -es behind a letter that mostly takes -s."""

CHE_WORDS = frozenset({"ache", "avalanche", "brioche", "cache", "cliche", "headache", "moustache", "niche", "psyche"})


def singular(word: str) -> str:
    """The singular of an English plural, case kept as far as letters stay; any other word as it is."""
    low = word.lower()
    if low in IRREGULAR:
        found = IRREGULAR[low]
        return found.capitalize() if word[0].isupper() else found
    if low in KEPT or not low.endswith("s") or len(low) < 3 or low.endswith(("ss", "us", "is")):
        return word
    return word[: len(word) - _plural_ending(low)] + ("y" if _ends_in_y(low) else "")


def _ends_in_y(low: str) -> bool:
    return low.endswith("ies") and len(low) > 3 and low[:-1] not in IE_WORDS


def _plural_ending(low: str) -> int:
    """How many letters at the end of the plural go."""
    if low.endswith("ies"):
        return 3 if _ends_in_y(low) else 1
    stem = low[:-2]
    if not low.endswith("es"):
        return 1
    if stem in ES_WORDS or stem in US_WORDS or low.endswith(("sses", "shes", "xes", "zzes", "tzes")):
        return 2
    if low.endswith("ches"):
        return 1 if low[:-1] in CHE_WORDS else 2
    return 1


_PLURALS = {singular: plural for plural, singular in IRREGULAR.items()}


def plural(word: str) -> str:
    """The plural of an identifier in snake case: that of its last word; a plural stays one."""
    head, underscore, last = word.rpartition("_")
    if last in KEPT or singular(last) != last:
        return word
    return f"{head}{underscore}{_plural(last)}"


def _plural(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("y") and word[-2:-1] not in ("", "a", "e", "i", "o", "u"):
        return f"{word[:-1]}ies"
    if word in ES_WORDS or word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"
