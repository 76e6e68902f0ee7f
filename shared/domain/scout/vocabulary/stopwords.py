"""Words of a wish that say nothing about what is wanted."""

from shared.domain.scout.vocabulary.concept import listed

IGNORED = listed(
    """
    a an the and or of in on at to for from with without by as is are be was were am i me my mine we us
    our you your
    it its he she they them this that these those there here some any something anything someone somebody
    thing
    things want wants wanted need needs needed would like love loves id im ill please pls can
    could will shall should
    may might do does did have has had get gets got getting give gives giving gave make makes send sends
    sending
    sent buy buys buying order orders ordering ordered purchase find finds looking look search searching
    show shows
    shop shopping help hi hello hey let lets go going come ideas idea suggestions suggest recommend
    recommendation
    options option what which who whom how when where why whats not no nor but if then so very really
    just also too
    more most much many few lot lots about around near nearby close within under over below above less
    than least
    between up down out off into onto upon per each every all both either neither other another instead
    rather
    dollar dollars usd bucks price priced cost costs max maximum minimum am pm oclock hour hours
    minute
    minutes day days week weeks weekend month months year years today tonight tomorrow yesterday now soon
    later early
    late morning afternoon evening noon midnight night next last before after until till during while since
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    january february march april june july august september october november december jan feb mar apr jun
    jul aug
    sep sept oct nov dec sunny rainy cloudy dry warm weather forecast
    new one ones two three four five six seven eight nine ten first second third
    people person persons guests guest everyone home house way place ready arrive arrives arriving
    pick picked drop take bring put say says ask tell know think maybe perhaps kind type sort
    way tied ship shipped shipping available availability stock
    """
)
"""Ignored in queries. Phrases of the vocabulary ("thank you", "new home") are recognised before these go."""

NEGATIONS = listed("no not without except nor")
"""Words after which the next thing or colour is one to avoid."""

PLACE_WORDS = listed(
    """
    austin texas tx atx downtown south north east west lamar congress domain mueller lakeway roundrock round
    rock
    cedar park pflugerville georgetown buda kyle dripping springs westlake zilker hyde
    """
)
"""Names of the area that the shipped catalogue serves: worth a nudge, never what is wanted."""
