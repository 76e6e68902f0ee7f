"""What people ask, and what must be among the first answers, over the shipped catalogue.

The sets were written by reading the catalogue, before looking at any answer; each names products or bundles
of which one must stand in the first three, and a family that the first five must belong to. The later third
(from "80th birthday" on) was asked only once everything else passed; its misses led to changes of the words.
"""

import re

import pytest

from shared.domain.scout import CatalogueIndex, ScoutQuery

# query | one of these in the first three | every one of the first five has an id matching this, or "-"
JUDGED = """
pink flowers | rw-pink-garden-roses rw-pink-peonies | (rw|lb|zs|nl|hh|mothers)-
red roses | bb-dozen-red-roses lb-red-roses | (bb|lb|say|grand)-
a dozen red roses for my wife | bb-dozen-red-roses lb-red-roses | (bb|lb|say|grand)-
I want to send flowers to my mom | rw-mothers-day rw-pink-garden-roses rw-pink-peonies | -
flowers for mother's day | rw-mothers-day mothers-morning rw-pink-tulips | -
white roses | zs-white-roses | -
yellow roses | zs-yellow-roses | -
sunflowers | zs-sunflowers | -
purple orchid | lb-purple-orchid | -
flowers for a funeral | rw-sympathy-spray rw-white-lilies gentle-condolence | -
prom corsage | rw-corsage | -
bridal bouquet | rw-bridal-bouquet | -
pink tulips | rw-pink-tulips | (rw|lb|zs|nl|hh|mothers)-
blue flowers | zs-blue-hydrangea nl-bluebonnet-box | -
Something fancy for a baby shower by Saturday | white-glove-baby ll-heirloom-blanket | -
I need a luxury baby gift for a 5 PM shower in Austin | white-glove-baby ll-heirloom-blanket | -
monogrammed baby blanket | white-glove-baby ll-heirloom-blanket posh-baby-bundle | (ll|tm|white|posh)-
posh bamboo blanket | ll-posh-blanket posh-baby-bundle | -
embroider a name | tn-name-embroidery | -
monogramming | tn-monogram tn-rush-monogram | -
laser engraving | se-laser-engraving | -
engraved pocket knife | se-pocket-knife | -
gift wrapping | rb-classic-wrap rb-luxury-box rb-baby-wrap | -
a cartoon themed cake | sm-cartoon-cake | -
birthday cake | sm-vanilla-birthday | (sm|birthday)-
chocolate cake | sm-chocolate-cake | -
pink cake | sm-pink-ombre sm-vanilla-birthday | (sm|birthday|baby)-
vegan cake | sm-vegan-cake | -
wedding cake | sm-wedding-cake | -
cupcakes | sm-cupcakes-dozen sm-pink-cupcakes | -
gluten free dessert | pr-gf-brownies | -
pecan pie | pr-pecan-pie | -
macarons | pr-macarons | -
sourdough bread | pr-sourdough | -
box of chocolates | cc-signature-24 cc-signature-12 lt-assorted | (cc|lt|say|mothers)-
custom chocolates with a message | cc-custom-chocolates | -
sugar free truffles | lt-sugar-free | -
vegan chocolate | cc-vegan-bonbons | -
get well soon gift | sunshine-get-well ag-get-well-box | -
housewarming gift | new-nest ag-austin-box | -
gift basket with wine and cheese | hh-wine-cheese | -
thank you gift for a client | corporate-thanks hh-gourmet-hamper | -
limo for prom | cl-stretch-limo | (cl|grand)-
airport ride | cl-airport | (cl|grand)-
party bus | cl-party-bus | -
romantic dinner for two | cm-dinner-two oe-proposal-package oe-steak-dinner oe-chefs-table grand-evening | -
steak dinner | oe-steak-dinner | -
sushi | kn-omakase-two kn-sushi-platter kn-sushi-class | -
same day delivery | vc-same-day vc-express bk-bike-downtown | (vc|bk)-
refrigerated courier for a cake | vc-cold-chain | -
purple metallic balloons | uu-purple-metallic | -
balloon arch | uu-arch uu-garland | -
newborn photographer | gh-newborn | -
brisket for a party | sq-brisket-spread sq-brisket-whole | -
office lunch for 12 | bt-lunch-boxes | -
bouncy castle for kids birthday | bg-bounce-house | -
couples massage | sw-couples | -
champagne | vr-champagne | -
bourbon for my dad | vr-bourbon dads-smokehouse | -
pearl earrings | sh-pearl-earrings | -
toys for a 5 year old boy | ww-block-set ww-train-set ww-science-kit | ww-
dinosaur toy | ww-dinosaur-plush | -
teddy bear | ww-teddy-bear | -
cookbook | hm-cookbook | -
party invitations | lp-invitations | -
house cleaning | sp-standard sp-deep | sp-
handyman to assemble a crib | tl-crib | -
dog birthday present | ba-birthday-box puppy-party | -
houseplant for the office | ff-monstera ff-succulent-trio ff-peace-lily | -
boquet of pink rozes | rw-pink-garden-roses lb-pink-roses rw-pink-peonies | -
choclate trufles | cc-dark-truffles lt-assorted cc-signature-24 | -
baloons for a birthday | uu-birthday-bunch birthday-bash | -
something for my grandmother's 80th birthday | lb-lavender-bouquet rw-pink-garden-roses sh-locket | -
cheer up a friend in hospital | sunshine-get-well ag-get-well-box | -
groomsmen gifts | se-pocket-knife sh-cufflinks ag-whiskey-glasses vr-bourbon | -
kids dinosaur party cake | sm-dinosaur-cake | -
ride to the airport tomorrow morning | cl-airport | -
nice earrings for my girlfriend | sh-pearl-earrings | -
someone to take pictures at our party | gh-event | -
vegetarian catering for the office | sq-veggie-bbq bt-vegan-platter | -
massage for my pregnant wife | sw-prenatal | -
tent and chairs for a backyard wedding | backyard-wedding bg-tent bg-tables-chairs | -
books for toddlers | hm-board-books hm-picture-book | -
fix a leaking tap | tl-faucet | -
walk my dog | ba-walk | -
hot chocolate | cc-hot-chocolate | -
orange flowers | zs-coral-ranunculus nl-orange-marigolds | -
gift for new parents | hh-baby-hamper white-glove-baby ll-heirloom-blanket | -
engraved silver frame | ag-picture-frame | -
blue balloons for a baby shower | uu-blue-bunch uu-reveal | -
whisky glasses | ag-whiskey-glasses | -
chocolates but no flowers | cc-signature-24 cc-signature-12 lt-assorted | (cc|lt)-
candle that smells like roses | ag-rose-candle | -
photo booth | gh-photo-booth | -
sugarfree chocolate | lt-sugar-free | -
a private chef at home | bt-private-chef | -
"""

ROWS = [tuple(part.strip() for part in line.split(" | ")) for line in JUDGED.strip().splitlines()]


@pytest.mark.parametrize(("text", "wanted", "family"), ROWS, ids=[row[0] for row in ROWS])
def test_a_question_is_answered_among_the_first(
    austin: CatalogueIndex, text: str, wanted: str, family: str
) -> None:
    first = [hit.id for hit in austin.search(ScoutQuery(text=text, limit=5)).hits]
    assert set(first[:3]) & set(wanted.split()), first
    if family != "-":
        assert [id for id in first if not re.match(family, id)] == []


def test_the_judged_ids_exist(austin: CatalogueIndex) -> None:
    known = {*austin.products, *austin.bundles}
    assert {id for _, wanted, _ in ROWS for id in wanted.split()} <= known
