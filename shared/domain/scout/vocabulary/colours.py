"""Colours: the base ones that customers ask for, their shades, and phrases in which a colour word is none."""

from shared.domain.scout.vocabulary.concept import listed

SHADES: dict[str, str] = {
    "red": "red, crimson, scarlet, ruby, cherry red, brick red, burgundy, maroon, wine red",
    "pink": "pink, blush, fuchsia, magenta, hot pink, rose pink, salmon, dusty rose, rose gold",
    "orange": "orange, tangerine, apricot, burnt orange, terracotta, peach, coral, rust",
    "yellow": "yellow, lemon yellow, mustard, butter yellow, canary, golden yellow",
    "green": "green, sage, emerald, olive, mint, moss green, forest green, lime green, eucalyptus",
    "blue": "blue, navy, teal, turquoise, aqua, sky blue, baby blue, indigo, cobalt, royal blue, denim",
    "purple": "purple, lavender, violet, lilac, plum, mauve, deep purple, purple metallic",
    "white": "white, ivory, cream, off white, pearl, snow white",
    "black": "black, charcoal, jet black, onyx, ebony",
    "brown": "brown, tan, chestnut, walnut, espresso brown, caramel brown, beige, taupe",
    "grey": "grey, gray, slate grey, ash grey, heather grey",
    "gold": "gold, golden, brass, champagne gold",
    "silver": "silver, chrome, pewter, platinum",
}
"""Base colour -> comma-separated words; a shade counts as its base, a little less exactly."""

AMBIGUOUS = listed(
    """
    gold golden silver lavender lilac violet peach coral plum cream rust olive mint sage emerald ruby
    pearl platinum
    denim mustard apricot eucalyptus terracotta brass chestnut walnut tan onyx ebony charcoal salmon
    canary chrome
    pewter tangerine cherry
    """
)
"""Words that name a scent, a stone or a metal as often as a colour: tried as a colour, never demanded."""

ANY_COLOUR = listed(
    "multi multicolour multicolor multicoloured multicolored assorted mixed rainbow any custom various"
)
"""Words in a product's colour list that may turn out to be the colour asked for."""

NOT_A_COLOUR = (
    "red wine, white wine, white glove, orange juice, blue cheese, black tie, black car, brown butter, "
    "black tea, "
    "green tea, gold plated, white chocolate, red velvet, green thumb, green gift, black forest, "
    "golden retriever, brown sugar, orange blossom, orange zest, white tea, black coffee, red carpet, "
    "red eye, blue ribbon, white linen, black pepper, green chile, white elephant"
)
"""Phrases in which the colour word says nothing about the colour of the thing."""
