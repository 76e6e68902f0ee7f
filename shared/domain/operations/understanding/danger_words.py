"""The words of danger, as data: what always alarms, what does beside a body, a child or an animal."""

from shared.domain.operations.understanding.wordlists import words

ALWAYS = words(
    """
    burn burns burned burnt burning burnded burner sunburn sunburned scald scalds scalded scalding blister
    blisters blistered blistering electrocute electrocuted electrocutes electrocuting electrocution zap zaps
    zapped zapping jolt jolted jolts shocks spark sparks sparked sparking smoke smokes smoked smoking smokey
    smoky smoulder smouldering smolder smoldering flame flames flaming flammable inflamed inflammation fire
    fires fireball ablaze alight ignite ignited ignites igniting explode explodes exploded exploding
    explosion explosions explosive detonated blast melt melts melted melting molten overheat overheats
    overheated overheating scorch scorched scorches scorching singe singed charred combust combusted
    combustion meltdown inferno allergy allergies allergic allergen anaphylaxis anaphylactic epipen
    antihistamine hives rash rashes itch itches itchy itching welt welts swollen swelling swelled eczema
    dermatitis wheeze wheezing asthma choke chokes choked choking suffocate suffocated suffocates
    suffocating suffocation strangle strangled strangles strangling strangulation drown drowned drowning
    swallow swallows swallowed swallowing asphyxia asphyxiated poison poisons poisoned poisoning poisonous
    toxic toxin toxins intoxicated fumes vomit vomits vomited vomiting puke puked puking nausea nauseous
    nauseated diarrhea diarrhoea headache headaches migraine migraines faint fainted fainting unconscious
    seizure seizures convulsion convulsions collapse collapsed dizzy dizziness bleed bleeds bleeding bled
    blood bloody bloodied stitches wound wounds wounded laceration lacerations lacerated gash gashed
    splinter splinters shard shards injure injures injured injuring injury injuries hurt hurts hurting
    harmed harmful maimed amputate amputated amputation mutilated fracture fractured fractures concussion
    concussed sprain sprained bruise bruised bruises bruising scar scars scarred paralyzed paralysed painful
    hospital hospitals hospitalised hospitalized ambulance paramedic paramedics shatter shatters shattered
    shattering acid corrosive caustic dangerous dangerously danger dangers hazard hazards hazardous unsafe
    lethal deadly fatal suicide suicidal smother smothered smothering noose contusion contusions convulsed
    scarring scab scabs carcinogenic radioactive sizzling overdose overdosed palpitations frostbite blinded
    assaulted attacked miscarriage asbestos carcinogen
    """
)
"""Whoever writes one of these is looked after, unless a figure of speech explains it."""

ALWAYS_ELSEWHERE = words(
    """
    fuego humo incendio incendios llamas chispas ardiendo ardio exploto alergia alergias alergica alergico
    sarpullido ronchas ampolla ampollas hinchado hinchada sangre sangrando sangra herida heridas herido
    heridos lesion lesiones descarga calambrazo electrocuto veneno intoxicacion intoxicado intoxicada ahogo
    asfixiando atraganto atragantado atragantarse urgencias ambulancia chispa chispazo cortocircuito mareos
    carbonizado quemadura quemaduras vomito vomitando peligro peligroso peligrosa derritio derretido
    feu incendie flammes fumee etincelle etincelles explose allergie allergique hopital urgences blesse
    blessee blessure blessures saigne saignait saignement brulure brulures cloque cloques decharge electrise
    electrocutee etouffe etouffee etouffer avale suffoque empoisonne empoisonnee intoxique vomi dangereux
    dangereuse fondu vertiges carbonise crame surchauffe surchauffait demangeaisons
    feuer rauch raucht qualm qualmt gequalmt funken flammen explodiert geplatzt allergisch allergische
    ausschlag hautausschlag geschwollen juckt juckreiz krankenhaus notaufnahme notarzt krankenwagen blut
    blutet blutete geblutet blutung verletzt verletzung verletzungen wunde stromschlag vergiftet vergiftung
    giftig erstickt ersticken verschluckt erbrochen gefahr gefahrlich lebensgefahr geschmolzen verkohlt
    angekokelt schwindel kurzschluss brandgefahr brandwunde brandwunden verschmort geschmort durchgeschmort
    uberhitzt uberhitzung atemnot brandblase brandblasen
    """
)
"""The same in Spanish, French and German, in plain letters."""

MISSPELT = {
    "fier": "fire",
    "fyre": "fire",
    "brun": "burn",
    "brnt": "burnt",
    "berned": "burned",
    "bernt": "burnt",
    "blod": "blood",
    "blead": "bleed",
    "choaked": "choked",
    "chocking": "choking",
    "zapt": "zapped",
    "burnd": "burned",
    "geplazt": "geplatzt",
    "bnak": "bank",
    "chocked": "choked",
    "shok": "shock",
    "shoc": "shock",
    "schok": "shock",
    "shoked": "shocked",
    "shockd": "shocked",
    "alurgic": "allergic",
    "alirgic": "allergic",
    "alergick": "allergic",
    "anafilactic": "anaphylactic",
    "anafilaxis": "anaphylaxis",
    "anaphilaxis": "anaphylaxis",
    "meltid": "melted",
    "exploted": "exploded",
    "smok": "smoke",
    "smokin": "smoking",
    "nek": "neck",
}
"""Misspelt too far, or too short, to be told by their letters."""

CONTEXT = words(
    """
    shock shocked shocking electric electrical electricity battery batteries breathe breathing breath
    emergency outlet socket caught chemical monoxide magnet magnets exposed tingling tingle tingles doctor
    dentist surgery
    """
)
"""Words that only alarm in company, but may be misspelt too."""

NEAR_BODY = words(
    """
    cut cuts cutting sliced slashed stabbed pierced punctured scraped hot heat red redness pain pains sore
    ache aches aching sting stings stung stinging bite bit bitten pinch pinched pinches shock shocked
    shocking stuck trapped caught crushed squashed scratch scratched scratches mark marks broke broken numb
    numbness fever sick irritated irritates irritation tingling tingle tingles reaction crusty weep weeping
    oozing blotchy blotches peel peeling peeled bumps pus infected infection swells raw ripped torn tore
    lost tangled twisted
    """
)
"""What alarms beside somebody's body."""
SURE_BODIES = words(
    """
    skin neck finger fingers fingertip fingertips fingernail thumb thumbs throat eye eyes eyelid eyelids arm
    arms leg legs lip lips tongue wrist wrists ankle ankles chest scalp forehead cheek cheeks nose ear ears
    knee knees toe toes elbow tooth teeth gums lobe lobes earlobe earlobes shoulder shoulders belly stomach
    foot feet palm
    """
)
"""Parts of a body, and of nothing else that is sold."""
BODIES = SURE_BODIES | words("hand hands face head hair back body mouth nail nails")
OWNERS = words("my his her our their your baby's son's daughter's kid's child's wife's husband's mum's mom's")
SIDES = words("left right upper lower whole entire poor little bare")
ON = words("on in at into around across inside onto through")

THINGS = words(
    """
    bag bags balm band bands bath bed bike birthday blanket book bottle bowl brace brush brushes buds cap
    car card care carrier chain chair clip clipper clippers clips clothes collar costume cot cover cream
    crib curler cushion device drier drops dryer extensions food gadget game gate gel gift gloss glove
    gloves guard harness hat iron lamp lashes leash liner lotion mask masks massage massager massagers mat
    monitor oil pack pad pads phone piece pillow pillows plate playpen plugs plush polish present product
    rest rests ring rings roller room scarf scooter scrub seat serum shadow shirt shoe shoes size sizes soap
    sock socks spa spray stick stool straightener strap stretcher support tent tie torch towel towels toy
    toys tree trimmer warmer warmers wash watch watches wax wipes wrap
    """
)
"""What is sold for a body, a child or an animal, and named after it: "my hair dryer", "the dog bed"."""

NEAR_BEINGS = words(
    """
    stuck trapped fell fallen sick ill fever pinched crushed shocked shock cut ate eaten licked inhaled
    drank died dead dying killed vet doctor slipped tripped bitten tangled reaction hit crying screaming
    tipped toppled
    """
)
"""What alarms beside a child, an animal or somebody of the family."""
BEINGS = words(
    """
    baby babies child children kid kids son daughter toddler infant newborn boy girl grandson granddaughter
    grandchild nephew niece dog cat puppy kitten pet pets mother mom mum father dad wife husband grandmother
    grandfather granny nana aunt uncle cousin grandma grandpa girlfriend boyfriend sister brother bebe nino
    nina hijo hija enfant fils fille kind sohn tochter hund katze perro gato chien chat rabbit hamster bird
    parrot turtle horse guinea ferret grandparents
    """
)
NEAR = 8
"""Words between the two."""

GLUED = (
    r"burn(?:ed|t|ing|s(?:my|me|his|her|the|$))|burn(?:my|me)|(?:have|got|it|is)burns?$|(?:on|caught"
    r"|catch|set)fire"
    r"|explo(?:d|s)(?:e|ed|ing|ion)|electrocut|electricshock|allerg(?:y|ic)|anaphyla|smoking|overheat"
    r"|injur(?:y|ed|ies)|chok(?:ed|ing)|poison|melt(?:ed|ing)|blister|bleeding|hospital(?!ity)"
    r"|ambulance|swallowed"
    r"|shocked(?:me|my)|suffocat|strangl|scald|scorch|vomit|unconscious"
)
"""Danger inside of words that were written without spaces."""
