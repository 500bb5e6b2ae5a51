"""Invented notes, with and without something that points out a person. Numbers are from ranges that are nobody's.

Birth numbers 980–999 are set aside for tests by the Swedish Tax Agency; the telephone numbers are those that the Post
and Telecom Authority keeps for books and films; names are drawn by Faker, whose lists are not those of the finder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from faker import Faker

from flows.identities import Identity


@dataclass(frozen=True)
class Note:
    """A note, and what is to be found in it (None: nothing at all)."""

    text: str
    kind: Identity | None
    secret: str = ""


WITH = (
    "Kvinnan uppgav {} när hon checkade in.",
    "Det stod {} på lappen som låg kvar i rummet",
    "{} lämnades i receptionen av en man i grå jacka.",
    "Vi fick {} av en kollega i går kväll, men vet inte mer än så.",
    "På bokningen står {}, resten var överstruket. Två gäster, en nyckel.",
    "Hon sa att vi kunde nå henne så här: {}. Sedan gick hon.",
)
WITH_PERSON = (
    "Vi pratade med {} i går kväll.",
    "Kvinnan heter {} och verkade rädd.",
    "{} stod utanför hotellet och väntade på en bil.",
    "Rummet är bokat av {}, två nätter.",
    "Mannen presenterade sig som {} när han betalade.",
    "Chefen på bygget, {}, ville inte visa avtalen.",
    "En granne berättade att {} bor i källaren utan fönster.",
    "Vid infarten såg vi {} kliva in i en vit skåpbil.",
)
CLEAN = (
    "Kvinna i {age}-årsåldern satt ensam i lobbyn på {hotel} från kl {hour}.15 till {hour2}.30. Väntade.",
    "{count} män hämtades med vit skåpbil utanför {place} tidigt på morgonen. Inga arbetskläder.",
    "Bokningen gällde rum {room}, {count} nätter, betald kontant med {money} kronor.",
    "Städpersonalen såg madrasser i källaren på {street}. Ungefär {count} personer.",
    "Tips från {authority}: flera beställningar till samma adress i {town} under {month}.",
    "Den {day}/{monthno} kom {count} gäster, ingen hade egen legitimation. En man förde ordet.",
    "Personalen på {hotel} ringde {authority} på 114 14. De lovade återkomma under veckan.",
    "Flickan talade rumänska och verkade vara {age} år. {authority} är underrättad, 112 ringdes kl {hour}.05.",
    "Vi hörde av oss till NMT, 020-390 000, och fick råd. Nästa möte {day} {month} {year}.",
    "Sex personer delar på {room} kvadratmeter ovanför restaurangen på {street}. Lön: {money} kr i månaden, säger de.",
    "I {town} har samma bil setts {count} gånger sedan {month}. {authority} vet om det.",
    "Kvinnan ville tillbaka till {country}. Passet hade någon annan, sa hon.",
    "{hotel} i {town} har fått in {count} liknande bokningar den {year}-{monthno2}-{day2}. Alla avbokade samma dag.",
    "Mannen från {country} fick {money} kr för {count} dagars arbete på {place}.",
    "Ungdomar vid {place} erbjöds skjuts till {town}. Det var {weekday} runt {hour}.00.",
    "{authority} och {authority2} gjorde ett gemensamt besök på {street}. Inget anmärkningsvärt.",
    "Receptionisten märkte att {count} olika män gick till rum {room} mellan kl. {hour} och {hour2}.",
    "Salongen vid {street} har stängt sedan {month}. Skylten säger {age} % rabatt och öppet 10-18.",
)
HARD_CLEAN = (
    "Gustav Adolfs torg var tomt, men vid Hedvig Eleonora kyrka stod två bilar.",
    "Möte på Olof Palmes gata, sedan till Drottning Kristinas väg.",
    "I Vilhelmina och Storuman är läget lugnt, säger Polisen.",
    "Hon kom från Bulgarien via Polen till Sverige och bodde på Hotell Stjärnan.",
    "Röda Korset och Rädda Barnen har kontakt med familjerna.",
    "Betalningen gick med Western Union till Rumänien, 3 500 kr åt gången.",
    "Maria kyrka på Mariatorget. Ellen Keys gata ligger intill.",
    "Bil 1: vit skåpbil. Bil 2: svart kombi. Ingen såg numret.",
    "Ca 150 kr i timmen, 12-14 timmar om dagen, 7 dagar i veckan.",
    "RUM 214 och RUM 318 bokades 2026-03-14 och avbokades 2026-03-15.",
    "Ring 112! Annars 114 14 eller 1177.",
    "Bokningsnummer 12345678 hos Booking, betalt med kort.",
    "Under Black Friday kom fler än vanligt. Tre av dem talade thai.",
    "Region Skåne, Malmö stad och Länsstyrelsen Skåne är informerade.",
    "Bussen från Köpenhamn kom kl. 23.40. Fyra kvinnor, en man. Han höll i alla pass.",
    "Frälsningsarmén tog emot henne. Socialjouren kom 01.30.",
    "Hon är i 20-årsåldern och har varit här i 3-4 månader, från 1/9 till nu.",
    "Restaurang Lilla Lotus på Norra Storgatan har bytt personal igen.",
    "Porten på Drottninggatan är olåst, 3 tr upp.",
    "Org.nr 556016-0680 står på kvittot.",
    'Han sa: "Jobba eller åk hem." Det var på S:t Eriksplan.',
    "Svenska Kyrkan och Stadsmissionen delar ut mat på torsdagar.",
    "Mellan jul och nyår var 5 av 7 rum upptagna av samma sällskap.",
    "Arbetsgivaren drar 4 000 kr för boendet och 1 500 kr för maten, varje månad.",
    'Hon bad om hjälp på engelska: "Please help me." Sedan tystnade hon.',
)
HARD_WITH = (
    Note("Erik Lund på Lund C berättade allt.", Identity.NAME, "Erik Lund"),
    Note("Hon heter Vilhelmina Berg och är från Vilhelmina.", Identity.NAME, "Vilhelmina Berg"),
    Note("anna svensson sa att hon ville hem", Identity.NAME, "anna svensson"),
    Note("MARIA POPESCU stod det på passet", Identity.NAME, "MARIA POPESCU"),
    Note("Enligt Åsa-Karin von Essen var det stängt.", Identity.NAME, "Åsa-Karin von Essen"),
    Note("familjen Lindqvist bor granne", Identity.NAME, "Lindqvist"),
    Note("Anna Svenssons lägenhet på Storgatan", Identity.NAME, "Anna Svenssons"),
    Note("Ring Fatima Al-Hassan, säger hon", Identity.NAME, "Fatima Al-Hassan"),
    Note("bilen ABC12D stod kvar", Identity.PLATE, "ABC12D"),
    Note("reg.nr B 123 XYZ, rumänsk bil", Identity.PLATE, "B 123 XYZ"),
    Note("pnr850412-9801 enligt passet", Identity.NUMBER, "850412-9801"),
    Note("abc 123 på en silvrig volvo", Identity.PLATE, "abc 123"),
    Note("snap: lilla_stjarna04", Identity.ACCOUNT, "lilla_stjarna04"),
    Note("hon finns på insta som heter rosa.moln", Identity.ACCOUNT, "rosa.moln"),
    Note("skriv till hjalp snabel-a exempel punkt se", Identity.MAIL, "hjalp snabel-a exempel punkt se"),
    Note("annonsen: https://annons.example/123?x=1", Identity.LINK, "https://annons.example/123?x=1"),
    Note("kanalen t.me/exempelkanal är öppen", Identity.LINK, "t.me/exempelkanal"),
    Note("0 7 0 1 7 4 0 6 1 2 stod på lappen", Identity.PHONE, "0 7 0 1 7 4 0 6 1 2"),
    Note("tel(+46)70-1740633.", Identity.PHONE, "46)70-1740633"),
    Note("nummer: 0040 712 034 567", Identity.PHONE, "0040 712 034 567"),
)
_VALUES = {
    "hotel": ("Hotell Stjärnan", "Scandic Hamnen", "Hotell Gyllene Ankaret", "Vandrarhemmet", "Best Western Plaza"),
    "place": ("Centralstationen", "Södra Hamnen", "bensinmacken vid E6", "Kulturhuset", "Väla Centrum"),
    "street": ("Storgatan", "Norra Kyrkogatan", "Gustav Adolfsgatan", "Gamla Vägen", "Sankt Pers gata"),
    "town": ("Exempelstad", "Helsingborg", "Malmö", "Lund", "Borås", "Västra Frölunda"),
    "authority": ("Polisen", "Socialtjänsten", "Arbetsmiljöverket", "Skatteverket", "Region Skåne"),
    "authority2": ("Frälsningsarmén", "Migrationsverket", "Malmö stad", "Röda Korset"),
    "month": ("mars", "april", "september", "november"),
    "weekday": ("torsdag", "fredag", "natten mot lördag"),
    "country": ("Rumänien", "Nigeria", "Thailand", "Bulgarien", "Vietnam"),
}


def notes(seed: int = 5) -> Iterator[Note]:
    """At least 300 notes, the same ones each time."""
    luck = Random(seed)
    for number in range(60):
        yield _with(luck, Identity.NUMBER, _number(luck), number)
        yield _with(luck, Identity.PHONE, _phone(luck), number)
        yield _with(luck, Identity.MAIL, _mail(luck), number)
    for number in range(30):
        last = luck.choice("0123456789ABCDEFGHJKLMNPRSTUWXYZ")
        plate = f"{_letters(luck)}{luck.choice((' ', ''))}{luck.randint(10, 99)}{last}"
        yield _with(luck, Identity.PLATE, plate, number)
    for name in _names(luck):
        text = luck.choice(WITH_PERSON).format(name)
        yield Note(text, Identity.NAME, name)
    for number in range(180):
        yield Note(_clean(luck, CLEAN[number % len(CLEAN)]), None)
    yield from (Note(text, None) for text in HARD_CLEAN)
    yield from HARD_WITH


def _with(luck: Random, kind: Identity, secret: str, number: int) -> Note:
    return Note(WITH[number % len(WITH)].format(secret), kind, secret)


def _names(luck: Random) -> Iterator[str]:
    for locale, count in (("sv_SE", 90), ("ro_RO", 20), ("pl_PL", 10), ("en_GB", 10), ("es_ES", 10)):
        fake = Faker(locale)
        fake.seed_instance(luck.random())
        for _ in range(count):
            yield f"{fake.first_name()} {fake.last_name()}"


def _number(luck: Random) -> str:
    """A personal or coordination number with a birth number that is set aside for tests, written in many ways."""
    year, month = luck.randint(1950, 2009), luck.randint(1, 12)
    day = luck.randint(1, 28) + luck.choice((0, 0, 60))
    short = f"{year % 100:02}{month:02}{day:02}{luck.randint(980, 999)}"
    check = _check_digit(short)
    first, last = short[:6], f"{short[6:]}{check}"
    century = str(year // 100)
    return luck.choice(
        (
            f"{first}-{last}",
            f"{century}{first}-{last}",
            f"{first}{last}",
            f"{century}{first}{last}",
            f"{first} {last}",
            f"{century} {first} - {last}",
            f"{first[:2]} {first[2:4]} {first[4:]} {last}",
            f"{century}{first[:2]}-{first[2:4]}-{first[4:]}-{last}",
            f"{first}+{last}",
            f"{first}–{last}",
        )
    )


def _check_digit(nine: str) -> int:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(nine))
    return -total % 10


def _phone(luck: Random) -> str:
    area, rest = luck.choice(
        (
            ("070", f"17406{luck.randint(5, 99):02}"),
            ("031", f"39006{luck.randint(0, 99):02}"),
            ("040", f"62804{luck.randint(0, 99):02}"),
            ("08", f"465004{luck.randint(0, 99):02}"),
        )
    )
    pairs = " ".join(filter(None, (rest[:3], rest[3:5], rest[5:7], rest[7:])))
    return luck.choice(
        (
            f"{area}-{rest}",
            f"{area}{rest}",
            f"{area}-{pairs}",
            f"{area} {pairs}",
            f"+46 {area[1:]} {pairs}",
            f"+46{area[1:]}{rest}",
            f"0046 {area[1:]}-{rest}",
            f"{area}/{rest}",
            f"({area}) {pairs}",
            f"{area}.{rest[:3]}.{rest[3:]}",
        )
    )


def _mail(luck: Random) -> str:
    name = luck.choice(("sol.berg", "info", "rosen_12", "a-b.c", "kund+hotell"))
    return luck.choice(("{}@exempel.se", "{}@mail.example.com", "{} (at) exempel.se", "{}[at]exempel.nu")).format(name)


def _letters(luck: Random) -> str:
    while True:
        letters = "".join(luck.choice("ABCDEFGHJKLMNOPRSTUWXYZ") for _ in range(3))
        if letters not in ("RUM", "KOD", "TYP"):
            return letters


def _clean(luck: Random, template: str) -> str:
    values = {name: luck.choice(options) for name, options in _VALUES.items()}
    hour = luck.randint(1, 20)
    return template.format(
        **values,
        age=luck.randint(14, 60),
        hour=hour,
        hour2=hour + 2,
        count=luck.randint(2, 14),
        room=luck.randint(12, 620),
        money=f"{luck.randint(1, 9)} {luck.choice(('000', '500', '250'))}",
        day=luck.randint(1, 28),
        day2=f"{luck.randint(1, 28):02}",
        monthno=luck.randint(1, 12),
        monthno2=f"{luck.randint(1, 12):02}",
        year=luck.choice((2025, 2026, 2027)),
    )
