"""What is known of addresses by country: codes, forms of postal codes, states (UPU, USPS Publication 28)."""

import re
from collections.abc import Mapping

COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
        "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
        "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
        "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
        "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
        "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
        "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
        "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
    ).split()
)
"""ISO 3166-1 alpha-2."""

NAMES: Mapping[str, str] = {
    **dict.fromkeys(("united states", "united states of america", "usa", "u.s.a.", "u.s.", "america"), "US"),
    **dict.fromkeys(("united kingdom", "uk", "u.k.", "great britain", "england", "scotland", "wales"), "GB"),
    **dict.fromkeys(("germany", "deutschland"), "DE"),
    **dict.fromkeys(("austria", "österreich"), "AT"),
    **dict.fromkeys(("netherlands", "the netherlands", "nederland"), "NL"),
    **{"canada": "CA", "australia": "AU", "france": "FR", "ireland": "IE", "new zealand": "NZ"},
}
"""Countries as people write them, where a reply may give an address of one."""

_FIVE = r"\d{5}"
_FOUR = r"\d{4}"
POSTAL_CODES: Mapping[str, tuple[str, str]] = {
    "US": (r"\d{5}(-\d{4})?", "78701"),
    "CA": (r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d", "M5V 2T6"),
    "GB": (r"(GIR 0AA|[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})", "SW1A 1AA"),
    "IE": (r"(D6W|[AC-FHKNPRTV-Y]\d{2}) [\dAC-FHKNPRTV-Y]{4}", "D02 X285"),
    "NL": (r"[1-9]\d{3} [A-Z]{2}", "1012 AB"),
    "PL": (r"\d{2}-\d{3}", "00-001"),
    "PT": (r"\d{4}-\d{3}", "1000-001"),
    "BR": (r"\d{5}-\d{3}", "01310-100"),
    "JP": (r"\d{3}-\d{4}", "100-0001"),
    "IN": (r"[1-9]\d{5}", "110001"),
    "SG": (r"\d{6}", "018956"),
    "ES": (r"(0[1-9]|[1-4]\d|5[0-2])\d{3}", "28001"),
    **dict.fromkeys(("SE", "CZ", "SK", "GR"), (r"\d{3} \d{2}", "111 22")),
    **dict.fromkeys(("DE", "FR", "IT", "FI", "MX", "KR", "TR"), (_FIVE, "10115")),
    **dict.fromkeys(("AT", "CH", "BE", "DK", "NO", "LU", "AU", "NZ", "HU", "SI", "BG"), (_FOUR, "1010")),
}
"""The form of a tidied postal code, and an example of one."""

_SPACED = {"CA": 3, "GB": -3, "IE": 3, "NL": 4, "SE": 3, "CZ": 3, "SK": 3, "GR": 3}
"""Where the space of a postal code stands."""
_DASHED = {"PL": 2, "PT": 4, "BR": 5, "JP": 3}

NUMBERED_HOUSES = frozenset("US CA DE AT CH NL BE FR IT ES SE NO DK FI PL AU NZ".split())
"""Where a house without a number is hardly found; in Britain and Ireland some have names alone."""

_ZIPS = {
    **{"AL": "350-369", "AK": "995-999", "AZ": "850-865", "AR": "716-729", "CA": "900-961"},
    **{"CO": "800-816", "CT": "060-069", "DE": "197-199", "DC": "200-205 569", "FL": "320-349"},
    **{"GA": "300-319 398-399", "HI": "967-968", "ID": "832-838", "IL": "600-629", "IN": "460-479"},
    **{"IA": "500-528", "KS": "660-679", "KY": "400-427", "LA": "700-714", "ME": "039-049"},
    **{"MD": "206-219", "MA": "010-027 055", "MI": "480-499", "MN": "550-567", "MS": "386-397"},
    **{"MO": "630-658", "MT": "590-599", "NE": "680-693", "NV": "889-898", "NH": "030-038"},
    **{"NJ": "070-089", "NM": "870-884", "NY": "005 063 100-149", "NC": "270-289", "ND": "580-588"},
    **{"OH": "430-459", "OK": "730-749", "OR": "970-979", "PA": "150-196", "RI": "028-029"},
    **{"SC": "290-299", "SD": "570-577", "TN": "370-385 422", "TX": "733 750-799 885", "UT": "840-847"},
    **{"VT": "050-059", "VA": "201 220-246", "WA": "980-994", "WV": "247-268", "WI": "530-549"},
    **{"WY": "820-831 834", "PR": "006-009", "VI": "008", "GU": "969", "AS": "967", "MP": "969"},
    **{"FM": "969", "MH": "969", "PW": "969", "AA": "340", "AE": "090-098", "AP": "962-966"},
}
"""Of each state and territory, the ranges of the first three digits of its ZIP codes."""

US_STATES = frozenset(_ZIPS)
US_STATE_NAMES: Mapping[str, str] = {
    name: code
    for code, name in (
        pair.split(" ", 1)
        for pair in (
            "AL alabama,AK alaska,AZ arizona,AR arkansas,CA california,CO colorado,CT connecticut,"
            "DE delaware,DC district of columbia,FL florida,GA georgia,HI hawaii,ID idaho,IL illinois,"
            "IN indiana,IA iowa,KS kansas,KY kentucky,LA louisiana,ME maine,MD maryland,MA massachusetts,"
            "MI michigan,MN minnesota,MS mississippi,MO missouri,MT montana,NE nebraska,NV nevada,"
            "NH new hampshire,NJ new jersey,NM new mexico,NY new york,NC north carolina,ND north dakota,"
            "OH ohio,OK oklahoma,OR oregon,PA pennsylvania,RI rhode island,SC south carolina,"
            "SD south dakota,TN tennessee,TX texas,UT utah,VT vermont,VA virginia,WA washington,"
            "WV west virginia,WI wisconsin,WY wyoming,PR puerto rico"
        ).split(",")
    )
}

CA_PROVINCES: Mapping[str, str] = {
    **{"AB": "T", "BC": "V", "MB": "R", "NB": "E", "NL": "A", "NS": "B", "NT": "X", "NU": "X"},
    **{"ON": "KLMNP", "PE": "C", "QC": "GHJK", "SK": "S", "YT": "Y"},
}
"""Of each Canadian province, the letters that its postal codes begin with."""


def zip_is_of(zip_code: str, state: str) -> bool:
    """Say whether a ZIP code can be in a state; of an unknown state, none can."""
    prefix = int(zip_code[:3])
    for span in _ZIPS.get(state, "").split():
        first, _, last = span.partition("-")
        if int(first) <= prefix <= int(last or first):
            return True
    return False


def tidied_code(code: str, country: str) -> str:
    """A postal code as its country writes it: capitals, the space or dash where it belongs."""
    plain = " ".join(code.upper().split())
    if country in _SPACED:
        return _parted(plain, _SPACED[country], " ")
    return _parted(plain, _DASHED[country], "-") if country in _DASHED else plain


def _parted(code: str, at: int, mark: str) -> str:
    bare = re.sub(r"[ -]", "", code)
    return f"{bare[:at]}{mark}{bare[at:]}" if len(bare) > abs(at) else code
