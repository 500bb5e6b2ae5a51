# ruff: noqa: RUF001
"""How people write what points somebody out, kind by kind. What is to be found stands in brackets; all is invented."""

import re
import sys

import pytest

from bot.identities.finder import find
from flows.answers import plain
from flows.identities import Identity

LEAST = 0.95
FORMS = {
    Identity.NUMBER: """
pnr [850412-9801] stod på kortet
hon visade ett leg med [19850412 9801]
[850412 98 03] skrev han upp på en lapp
Personnummer: [850412-XXXX]
samordningsnummer [850472-9809]
samordningsnr [19850472-9809] enligt kvittot
personnumret är [8 5 0 4 1 2 9 8 0 1]
[85.04.12-9801] hade hon skrivit
[1985-04-12-9801] i passet
[1985 04 12 9801] i passet
sista fyra [1234]
hennes sista fyra är [9801]
de fyra sista siffrorna är [9801]
de fyra sista: [98 01]
Sista fyra siffrorna [9 8 0 1], sa hon
4 sista [9801]
slutsiffror [9801]
personnumret slutar på [9801]
sista fyra [nio åtta noll ett]
de sista fyra är [nittioåtta noll ett]
[9801] är hennes sista fyra
de fyra sista i personnumret är [9801]
[åttiofem noll fyra tolv nittioåtta noll tre] läste hon upp
[nittonhundraåttiofem noll fyra tolv nittioåtta noll ett]
[åtta fem noll fyra ett två nio åtta noll tre]
pnr [åtta fem, noll fyra, ett två, nio åtta noll ett]
ID-nummer [850412 9802] enligt henne
[850412+9801] sa han
[8504129803]
[850412-T123] är ett reservnummer
pnr: [850412‐9801]
[850412\u200b-9801] kopierat från ett mejl
[８５０４１２-９８０１] stod det
p-nr [8504129802]
kontrollsiffrorna är [9801]
[19850412-9801]
hon är född 85, sista fyra [9801]
Personnr. [850412 - 9801]
[850412/9801] på bokningen
hennes LMA-nummer är [50-123456]
LMA-kortet: [50123456]
dossiernummer [11-234567] hos Migrationsverket
""",
    Identity.BIRTH: """
hon är född [12 april 1985]
född [1985-04-12]
född [850412] i Rumänien
f. [850412]
födelsedatum: [12/4 1985]
Födelsedag [12 april]
hon fyller år den [12 april]
född den [tolfte april] åttiofem
född den [12:e april] 85
född [12/4-85] enligt passet
född [12.4.1985]
födelsedata [1985 04 12]
[1985-04-12] stod som födelsedatum
[12/4/1985] stod det i passet
Kvinna, [1985-04-12], rumänsk
Kvinna, [850412], rumänsk
Flicka född [2009-03-02]
Flickan föddes [2 mars 2009]
hon säger att hon är född [2 mars]
dob [12.04.1985]
födelsetid [850412]
han fyllde 18 den [3 maj]
[12 april 1985] är hon född
född [tjugoandra maj] 2008
född d. [12 april 1985]
[19850412] på biljetten
""",
    Identity.PHONE: """
ring [070-174 06 12]
[0701740612]
[070 174 06 12] stod på lappen
[0 7 0 1 7 4 0 6 1 2]
[+46 70 174 06 12]
[+46701740612]
[0046 70 174 06 12]
[070/1740612]
[070.174.06.12]
[(070) 174 06 12]
[+46 (0)70-174 06 12]
[08-465 004 12] till lägenheten
[031-390 06 12] svarar hon på
[040 6280412] kl 14
numret är [noll sju noll ett sju fyra noll sex ett två]
[noll sjuttio ett sjuttiofyra noll sex tolv]
[nollsjuttio sjutton fyrtio sextiotolv]
ring [noll sjuttiotre, ett sju fyra, noll sex, ett två]
[+40 712 034 567] är rumänskt
whatsapp [+48 512 345 678]
[0040 712 034 567]
mobil [0712034567]
tel [712034567]
telefon: [+380 67 123 45 67]
viber [+359 88 812 3456]
hon nås på [076 1234567]
[07O-174O612] med bokstaven
[O7O-174 06 12] med två bokstäver
sms:a [073 - 174 06 12]
[070 17 40 612], fråga efter chefen
nummer [+234 803 123 4567]
ring henne på [sju tre ett två tre fyra fem sex sju]
[+66 81 234 5678]
[070–1740612]
[070\u00ad1740612]
[+46‑70‑174‑06‑12]
tfn [0457-123 45] på skylten
[0701-74 06 12]
Det ringde från [0701 740 612] klockan 23
""",
    Identity.MAIL: """
[rosa.moln@exempel.se]
mejla [rosa@mail.example.com] först
[rosa (at) exempel.se]
[rosa[at]exempel.nu]
[rosa snabel-a exempel punkt se]
[rosa snabela exempel punkt com]
[rosa (snabel-a) exempel.se]
[rosa @ exempel.se]
[rosa.moln@gmail]
[rosa.moln at gmail punkt com]
[rosa at hotmail dot com]
[rosa.moln @ gmail . com]
[rosa(at)exempel(punkt)se]
[rosa_moln88@exempel.co.uk]
[ROSA@EXEMPEL.SE]
[rosa＠exempel.se]
e-post: [rosa snabel a exempel punkt se]
[rosa+kund@exempel.se]
[rosa@\u200bexempel.se]
[rosa.moln(a)gmail.com]
[rosa at exempel punkt se]
""",
    Identity.PROFILE: """
hon är [@rosa.moln] på insta
insta: [rosamoln]
instagram [rosa_moln]
Instagram: [@rosamoln88]
snap: [lilla_stjarna04]
snapchat är [lillastjarna]
[instagram.com/rosa.moln]
[https://www.facebook.com/rosa.moln.5]
[t.me/rosamoln]
hon heter [rosa_88] på snap
telegram [@rosamoln]
användarnamn: [rosamoln]
användarnamnet är [rosamoln88]
kontot heter [rosa.moln]
[rosa_moln] på tiktok
profilen [rosamoln_99]
onlyfans: [bella-rose]
[wa.me/46701740612]
[onlyfans.com/bellarose]
hennes kik är [bella123]
hennes nick är [bella_rose]
tiktok @ [bella.rose]
fb: [Rosa.Moln]
[facebook . com / rosa] fast ihopskrivet
han skriver som [kungen77] på discord
""",
    Identity.ACCOUNT: """
[SE45 5000 0000 0583 9825 7466]
IBAN [SE4550000000058398257466]
[RO49 AAAA 1B31 0075 9384 0000]
[DE89370400440532013000] dit går pengarna
bg [123-4567]
bankgiro [123-4567]
bankgiro: [5012-3456]
plusgiro [12 34 56-7]
pg [123456-7]
konto [8327-9, 123 456 789-0]
kontonummer [8327 12 345 67]
clearing [8327]
clearingnummer [8327-9] konto [123456789]
pengarna går till konto [3300 850412 9801]
kontonumret är [6789 123 456 789]
kortnummer [4111 1111 1111 1111]
[4111111111111111] på kortet
Bankkonto [9150 123 456]
[8327-9 1234567890]
kto [5240 00 123 45]
Bankgironummer [991-2346]
swish [123 456 78 90]
swishar till [1234567890]
konto nr [6112 123456789]
betalas till bankgirot [123 4567]
""",
    Identity.PLATE: """
bilen [ABC 123]
[ABC123] stod kvar
[abc 123] på en silvrig volvo
[abc123]
[ABC-123]
[ABC 12D]
[abc 12d] vit skåpbil
[A B C 1 2 3]
[A-B-C 1 2 3]
[TRX 418]
[trx 418]
[t r x 4 1 8]
[Trx 418]
reg [RLM 77X]
regnr: [DSM 045]
reg.nr [B 123 XYZ], rumänsk bil
[B 123 XYZ] på en svart bmw
[CJ 12 ABC] med släp
tysk skylt [B-AB 1234]
polsk bil [WX 12345]
nummerplåten är [HLU 902]
plåten började på [TRX]
skylten slutar på [418]
registreringsnummer [GUN 381]
[hlu902] kl 23
Registreringsskylt [AB 12 345] dansk
[HLU. 902]
[ＨＬＵ ９０２]
bilens regnr är [hlu-902]
""",
    Identity.ADDRESS: """
hon bor på [Storgatan 14]
[Drottninggatan 14 B], 3 tr
[storgatan 14b]
[Norra Kyrkogatan 3]
[Olof Palmes gata 12]
[Gustav Adolfs torg 4]
lägenheten på [Kungsgatan 112]
[Lilla Vägen 7] i källaren
[Björkstigen 2 A]
villan på [Skolgränd 5]
[Ringvägen 88], porten till höger
[Strandpromenaden 6]
[Kaptensgatan nr 9]
[Hantverkargatan nummer 12]
adress: [Industrivägen 31C]
[Sankt Pers gata 11]
[S:t Pauli kyrkogata 2]
[Tegelbruksvägen 40] vid macken
[Rosenallén 16]
[Hamnkajen 1]
""",
    Identity.NAME: """
Hon heter [Zorica Petrovic]
Vi pratade med [Erik Lund] på stationen
[anna svensson] sa att hon ville hem
[maria lindqvist] bor där
[mohamed warsame] kör bilen
[fatima al-hassan] heter hon
[Anna S.] var där
[Anna K Svensson] hyr ut
[A. Svensson] står på dörren
[A Svensson] på brevlådan
[a. svensson] på brevlådan
[M.P. Andersson] äger huset
[Kjelle Svensson] har nyckeln
["Kulan" Svensson] kör
[kulan svensson] kör bilen
han kallas [Lillen Berg]
han kallas [lillen karlsson]
[Bella Andersson] heter hon på riktigt
[Åsa-Karin von Essen]
[Nguyen Thi Huong] jobbar på salongen
[Blessing Osagie] är rädd
[Osaze Igbinedion] hämtade dem
[Ionela Popescu] bor i husvagnen
[mihai popescu] tar pengarna
[Katarzyna Nowak] städar
[Oksana Shevchenko] kom i april
[Siriporn Wongsa] masserar
[Li Wang] äger restaurangen
[DRAGAN JOVANOVIC] stod på passet
mannen [Tariq Mahmoud] bor där
chefen heter [Kent Holm]
[bo andersson] har hyrt ut
ägaren [Per-Olof Hägg] vet
familjen [Lindqvist] bor granne
[Ahmed Yusuf Abdi] bokade
[José García] och hans bror
[sara nilsson]s mamma ringde
[Mary O'Brien] från Cork
kvinnan heter [Daria Volkova]
rummet är bokat av [Gergana Stoyanova]
[elena radu] är arton
[Tina] på Stjärnan, rum 312
[Lena] bor i rum 12
""",
}
CLEAN = """
NMT 020-390 000 svarar dygnet runt
Ring 112! Annars 114 14 eller 1177.
Bris har 116 111 och Kvinnofridslinjen 020-50 50 50
Ambassaden nås via 08-562 282 00 (Frälsningsarmén)
Rum 214 bokades den 14 mars 2026
Vi träffas tisdag 17 mars kl 13.00-15.30
Det kostar 1 500 kr per natt och 4 000 kr i månaden
Hon är född i Rumänien på åttiotalet
Hon är född 1985, säger hon
Vi var tre. Fyra kom senare.
Sista fyra veckorna har det kommit fler
De fyra sista rummen var tomma
Det slutade på polisstationen
Den som samordnar tar kontakt med Socialtjänsten
Hotell Stjärnan i Exempelstad har 120 rum
Restaurang Lilla Lotus har bytt ägare
Svenska Kyrkan och Röda Korset delar ut mat
Black Friday och Happy Hour drar folk
Jag såg Happy Garden och Golden Nails i samma hus
Operation Kvinnofrid pågår hela våren
Länsstyrelsen i Skåne bjuder in till Nationell Konferens
Nya Hamnen och Gamla Stan är de platser vi valde
Vi bor i Lund och jobbar i Malmö
maria kom hem sent och var trött
anna ville inte prata
Bo bodde kvar i Borås
Det stod Please Call Me på lappen
På gatan 3 personer, på torget 5
Vägen 2 mil bort är avstängd
Lokalen ligger på Storgatan mitt i stan
Efter 12 år i Sverige fick hon hjälp
Ungefär 150 i rummet, 300 meter bort
sms 71 500 är ett betalnummer
Kontot är stängt och profilen borttagen
Annonserna ligger på instagram och telegram
De skriver på snap eller ringer
BUP 020 eller HVB 300
LVU 52 och SoL 4 gäller
Mötet slutar 15.30 och börjar 13.00
Bokningsnummer 12345678 hos Booking
1/9 till 3/10 var de tre
År 2019 kom lagen, 2022 ändrades den
Den 1 januari 1999 kom sexköpslagen
Bankgiro 900-1223 är Frälsningsarméns
Vi delar på ansvaret: region, kommun, polis
Org.nr 556016-0680 står på kvittot
Vårdcentralen Gripen och Byggfirman Andersson ligger intill
Mötesrum Astrid Lindgren är bokat
Tre män, en kvinna, ett barn och två bilar
Salongen Thai Wellness Spa har öppet till 22
Restaurang Maria och Hotell Gustav ligger intill
Steg 3 tar 4 veckor, steg 4 tar 6
LMA 1994:137 är lagen, och LMA-kort från 2024 gäller än
Mötet är på Stadshuset, rum 312
""".strip().split("\n")


def notes(kind: Identity) -> list[tuple[str, list[str]]]:
    """The notes of a kind, with what is to be found in each."""
    found = []
    for line in FORMS[kind].strip().split("\n"):
        secrets = re.findall(r"\[((?:[^\[\]]|\[at\])+)\]", line)
        found.append((re.sub(r"\[((?:[^\[\]]|\[at\])+)\]", r"\1", line), secrets))
    return found


def is_found(text: str, secrets: list[str]) -> bool:
    """The whole of what points somebody out is covered, by whatever kind it was taken for."""
    text = plain(text)
    covered = {place for f in find(text) for place in range(f.start, f.end)}
    at = [(text.index(plain(secret)), plain(secret)) for secret in secrets]
    return all(
        place in covered or not text[place].isalnum() for start, s in at for place in range(start, start + len(s))
    )


@pytest.mark.parametrize("kind", FORMS)
def test_forms(kind: Identity, capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly every way in which a kind is written is seen."""
    missed = [text for text, secrets in notes(kind) if not is_found(text, secrets)]
    with capsys.disabled():
        sys.stdout.write(f"\n{kind}: {len(notes(kind)) - len(missed)} of {len(notes(kind))} forms found")
    assert len(missed) <= len(notes(kind)) * (1 - LEAST), missed


def test_clean() -> None:
    """Notes about places, authorities, sums and times come through."""
    assert [text for text in CLEAN if find(text)] == []
