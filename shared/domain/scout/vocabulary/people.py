"""For whom, for what and in which style."""

from shared.domain.scout.vocabulary.concept import Concept, Sort

_O, _R, _S, _G = Sort.OCCASION, Sort.RECIPIENT, Sort.STYLE, Sort.GENERIC

OCCASIONS: tuple[Concept, ...] = (
    Concept("birthday", _O, "birthday, birthdays, bday, turning", related="party: 0.4"),
    Concept(
        "baby shower",
        _O,
        "baby shower, baby showers, sprinkle, shower gift, gender reveal, mom to be",
        "shower",
        related="baby: 0.8, party: 0.25",
        weight=0.7,
    ),
    Concept(
        "bridal shower", _O, "bridal shower, bachelorette, hen party", related="wedding: 0.6, party: 0.25"
    ),
    Concept(
        "new baby", _O, "new baby, newborn, new arrival, new parents, birth", related="baby: 0.8", weight=0.7
    ),
    Concept(
        "wedding",
        _O,
        "wedding, weddings, bridal, bride, groom, marriage, nuptials, newlyweds, getting married",
        related="anniversary: 0.3",
    ),
    Concept("engagement", _O, "engagement, engaged, proposal, propose", related="romance: 0.6, wedding: 0.5"),
    Concept(
        "anniversary",
        _O,
        "anniversary, anniversaries, wedding anniversary",
        related="romance: 0.7, wedding: 0.2",
    ),
    Concept("valentine", _O, "valentine, valentines, valentines day", related="romance: 0.8"),
    Concept(
        "romance",
        _O,
        "romance, romantic, date night, sweetheart, in love",
        related="anniversary: 0.5, valentine: 0.5",
        weight=0.5,
    ),
    Concept("mothers day", _O, "mothers day", related="mother: 0.8"),
    Concept("fathers day", _O, "fathers day", related="father: 0.8"),
    Concept(
        "graduation",
        _O,
        "graduation, graduate, graduating, grad, commencement",
        related="congratulations: 0.6",
    ),
    Concept("retirement", _O, "retirement, retiring, retire", related="congratulations: 0.5, office: 0.3"),
    Concept(
        "congratulations",
        _O,
        "congratulations, congrats, promotion, new job, well done, achievement, celebrate, celebration",
        related="party: 0.3",
        weight=0.45,
    ),
    Concept("thank you", _O, "thank you, thanks, thank, appreciation, gratitude, grateful"),
    Concept(
        "get well",
        _O,
        "get well, get well soon, feel better, hospital, recovery, recovering, surgery, sick, "
        "under the weather",
        related="comfort: 0.6",
    ),
    Concept(
        "sympathy",
        _O,
        "sympathy, condolence, condolences, funeral, memorial, bereavement, grieving, passed away, loss",
        related="comfort: 0.5",
        weight=0.8,
    ),
    Concept("comfort", _O, "comfort, cheer up, cozy, comforting", related="relaxing: 0.4", weight=0.4),
    Concept("apology", _O, "apology, apologize, apologise, sorry, make up", related="romance: 0.3"),
    Concept(
        "housewarming", _O, "housewarming, new home, new house, moved in, moving", related="home gifts: 0.5"
    ),
    Concept(
        "christmas",
        _O,
        "christmas, xmas, holiday, holidays, festive, hanukkah, stocking",
        related="winter: 0.4",
    ),
    Concept("winter", _O, "winter, snow", weight=0.3),
    Concept("easter", _O, "easter, spring", weight=0.4),
    Concept("thanksgiving", _O, "thanksgiving, friendsgiving"),
    Concept("halloween", _O, "halloween, costume, spooky"),
    Concept("quinceanera", _O, "quinceanera, quince, sweet sixteen", related="birthday: 0.6, party: 0.4"),
    Concept("christening", _O, "christening, baptism, communion", related="baby: 0.6"),
    Concept("prom", _O, "prom, homecoming, formal dance"),
    Concept("party", _O, "party, parties, bash, fiesta, get together, event", weight=0.45),
)

RECIPIENTS: tuple[Concept, ...] = (
    Concept(
        "mother",
        _R,
        "mom, mother, mum, mommy, mama, moms",
        related="mothers day: 0.7, grandmother: 0.3, her: 0.4",
    ),
    Concept(
        "father", _R, "dad, father, daddy, papa, dads", related="fathers day: 0.7, grandfather: 0.3, him: 0.5"
    ),
    Concept("grandmother", _R, "grandma, grandmother, granny, nana, abuela", related="mother: 0.6, her: 0.4"),
    Concept("grandfather", _R, "grandpa, grandfather, abuelo", related="father: 0.6, him: 0.5"),
    Concept("wife", _R, "wife, girlfriend, fiancee", related="romance: 0.7, her: 0.6, anniversary: 0.4"),
    Concept("husband", _R, "husband, boyfriend, fiance", related="romance: 0.5, him: 0.7, anniversary: 0.4"),
    Concept("couple", _R, "couple, newlyweds, the two of us, parents", related="romance: 0.4, wedding: 0.4"),
    Concept("her", _R, "her, woman, women, lady, ladies, sister, aunt", "daughter, girls, girl, bridesmaid"),
    Concept("him", _R, "him, man, men, guy, guys, brother, uncle", "son, boys, boy, groomsmen, groomsman"),
    Concept("groomsmen", _R, "groomsmen, groomsman, best man", related="wedding: 0.4, him: 0.4", weight=0.6),
    Concept(
        "bridesmaids",
        _R,
        "bridesmaid, bridesmaids, maid of honor",
        related="wedding: 0.4, her: 0.4",
        weight=0.6,
    ),
    Concept(
        "expecting",
        _R,
        "pregnant, expecting, prenatal, mom to be, expectant mother, pregnancy",
        related="baby shower: 0.5",
        weight=0.7,
    ),
    Concept("friend", _R, "friend, friends, bestie, best friend, roommate"),
    Concept("teacher", _R, "teacher, teachers, coach, professor", related="thank you: 0.5"),
    Concept(
        "office",
        _R,
        "office, boss, colleague, colleagues, coworker, coworkers, client, clients, corporate, team, "
        "employee, "
        "employees, company, workplace, business",
        weight=0.4,
    ),
    Concept(
        "host",
        _R,
        "host, hostess, neighbor, neighbors, neighbour",
        related="thank you: 0.4, housewarming: 0.4",
    ),
    Concept(
        "baby",
        _R,
        "baby, babies, newborn, infant, nursery",
        "toddler, swaddle, onesie, teether, rattle, bib, booties",
        related="kids: 0.25, new baby: 0.8, baby shower: 0.6",
        weight=0.75,
    ),
    Concept(
        "kids",
        _R,
        "kid, kids, child, children, toddler, nephew, niece, grandson, granddaughter, grandkids, year old, "
        "boy, girl, boys, girls, preschooler",
        related="toys: 0.5, baby: 0.2",
        weight=0.6,
    ),
    Concept("teen", _R, "teen, teens, teenager, student, college", related="kids: 0.3"),
)

STYLES: tuple[Concept, ...] = (
    Concept(
        "luxury",
        _S,
        "luxury, luxurious, luxe, fancy, premium, deluxe, high end, upscale, posh, white glove, elegant, "
        "sophisticated, classy, lavish, opulent, extravagant, splurge, special, exquisite, signature",
        "champagne, cashmere, velvet, silk, chauffeur, gold, couture",
        weight=0.45,
    ),
    Concept(
        "cheap",
        _S,
        "cheap, budget, affordable, inexpensive, economical, low cost, simple, small",
        weight=0.15,
    ),
    Concept(
        "rustic", _S, "rustic, country, farmhouse, western, cowboy, texas style, hill country", "wildflower"
    ),
    Concept("modern", _S, "modern, minimalist, contemporary, sleek, geometric"),
    Concept("classic", _S, "classic, traditional, timeless, vintage, heirloom, old fashioned, antique"),
    Concept(
        "colourful", _S, "colourful, colorful, bright, vibrant, rainbow, cheerful, festive, fun, playful"
    ),
    Concept("pastel", _S, "pastel, soft, delicate, gentle, muted"),
    Concept(
        "natural",
        _S,
        "organic, natural, sustainable, eco friendly, eco, green gift",
        "bamboo, beeswax, linen",
    ),
    Concept(
        "local", _S, "local, locally made, handmade, hand made, artisan, artisanal, handcrafted, homemade"
    ),
    Concept("vegan", _S, "vegan, plant based, dairy free, dairyfree", related="vegetarian: 0.6", weight=0.8),
    Concept("gluten free", _S, "gluten free, glutenfree, celiac", weight=0.8),
    Concept("vegetarian", _S, "vegetarian, veggie", related="vegan: 0.7", weight=0.7),
    Concept("sugar free", _S, "sugar free, sugarfree, diabetic", weight=0.8),
    Concept("kosher", _S, "kosher", weight=0.8),
    Concept(
        "relaxing", _S, "relaxing, relax, relaxation, calming, soothing, unwind, destress, stress relief"
    ),
    Concept("funny", _S, "funny, humorous, silly, gag gift, quirky"),
    Concept("sentimental", _S, "sentimental, heartfelt, keepsake, memory, memories, meaningful"),
    Concept("fast", _S, "same day, express, rush, urgent, asap, quick, last minute, right now", weight=0.15),
)

GENERIC: tuple[Concept, ...] = (
    Concept("gift", _G, "gift, gifts, present, presents, goodies, souvenir", weight=0.1),
    Concept("surprise", _G, "surprise, surprises", weight=0.1),
    Concept(
        "nice", _G, "nice, beautiful, pretty, lovely, cute, great, good, best, amazing, gorgeous", weight=0.08
    ),
    Concept("dozen", _G, "dozen, 12, twelve", weight=0.1),
    Concept("personal", _G, "names, name, text, message", weight=0.15),
)
