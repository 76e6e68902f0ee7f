"""Words the resolver knows, as data: one line per canonical value, phrases separated by commas.

Write phrases in the singular; plurals and possessives are found by themselves. A longer phrase wins over a
shorter one, which is how traps are disarmed: `track jacket` is a garment before `track` can be a question.
"""

PRODUCTS = {
    "flowers": "flower, rose, peony, tulip, lily, orchid, daisy, sunflower, carnation, hydrangea, bouquet, "
    "iris, dahlia, ranunculus, lilac, lavender, wildflower, blossom, floral, floral arrangement, "
    "flower arrangement, arrangement, centerpiece, corsage, boutonniere, wreath, bloom, marigold, poppy, "
    "long stem rose, baby's breath, daffodil, magnolia, posy, florist",
    "plant": "plant, succulent, bonsai, fern, cactus, monstera, potted plant, houseplant, herb garden, "
    "terrarium",
    "cake": "cake, wedding cake, cupcake, cheesecake, layer cake, sheet cake, smash cake, "
    "gateau, "
    "red velvet cake, black forest cake, torte, cake pop, saturday night fever cake, carrot cake",
    "pastry": "pastry, cookie, macaron, brownie, donut, doughnut, croissant, pie, tart, muffin, kolache, "
    "pretzel, "
    "dessert, sweet treat, cinnamon roll, bread, loaf, sourdough, bakery, bagel, scone, churro, "
    "dessert table",
    "chocolates": "chocolate, custom chocolate, truffle, praline, bonbon, chocolate box, "
    "box of chocolate, fudge, "
    "chocolate covered strawberry, chocolate dipped strawberry, candy, sweet, caramel, hot chocolate kit",
    "fruit": "fruit, fruit basket, fruit arrangement, edible arrangement, strawberry, mango",
    "gift": "gift, present, gift set, token of appreciation, surprise gift, keepsake, souvenir, "
    "pick me up gift, "
    "housewarming present, stocking stuffer, care package, party favor, party favour, goodie bag",
    "gift basket": "gift basket, hamper, gift hamper, basket, gift box, spa basket, snack box, wine basket, "
    "fruit and cheese basket, snack basket, gourmet basket",
    "blanket": "blanket, baby blanket, throw, quilt, swaddle, swaddle blanket, afghan, security blanket, "
    "lovey",
    "baby item": "onesie, romper, baby clothes, baby outfit, rattle, pacifier, diaper cake, baby bottle, "
    "stroller, "
    "crib, baby book, bib, bootie, baby gift, teether, baby toy, nursery decor, layette, footie, pajama",
    "toy": "toy, teddy bear, teddy, stuffed animal, plush, plushie, lego, lego set, doll, puzzle, "
    "board game, game",
    "balloon": "balloon, balloon bouquet, balloon arch, balloon garland, helium balloon, foil balloon",
    "card": "card, greeting card, birthday card, thank you card, gift card, invitation, thank you note",
    "wine": "wine, champagne, prosecco, bottle of wine, red wine, white wine, whiskey, bourbon, beer, "
    "craft beer, "
    "tequila, drink, lemonade, juice, soda, kombucha, gin, vodka, spirits, rosé, sparkling wine, "
    "six pack, cocktail kit, bottle of champagne",
    "coffee": "coffee, espresso, coffee bean, cold brew, tea, tea set, matcha, afternoon tea, tea sampler",
    "cheese": "cheese, cheese board, charcuterie, charcuterie board, grazing board, cheese platter, platter, "
    "fruit platter, snack, jerky, honey, jam, hot sauce, salsa, popcorn, nut",
    "meal": "pizza, taco, sushi, barbecue, bbq, brisket, sandwich, breakfast taco, lunch box, meal, "
    "groceries, "
    "grocery, salad, burger, soup, ice cream, gelato, breakfast, food, breakfast basket, meal kit",
    "jewellery": "jewelry, jewellery, necklace, bracelet, ring, earring, pendant, locket, cufflink, "
    "watch, brooch, "
    "charm bracelet, engagement ring, wedding band, anklet, tiara",
    "candle": "candle, scented candle, diffuser, incense, essential oil",
    "spa": "bathrobe, bath bomb, soap, lotion, bath salt, robe, spa gift set, skincare set, perfume, "
    "cologne, slipper, "
    "face mask, hand cream, shower gel, shower steamer",
    "clothing": "bathrobe set, shirt, t shirt, tee, hoodie, sweater, jacket, track jacket, track suit, "
    "track pants, dress, "
    "slip dress, pink slip dress, scarf, hat, cap, glove, sock, sneaker, shoe, tie, apron, jersey, suit, "
    "tuxedo, "
    "coat, boot, cowboy boot, rain boot, jeans, polo, tote, tote bag, uniform, onesie pajama, costume, "
    "swimsuit, "
    "belt, evening gown, gown, beanie, sunglasses, umbrella, raincoat",
    "homeware": "mug, vase, tumbler, water bottle, cutting board, picture frame, photo frame, frame, "
    "pillow, towel, "
    "lamp, night light, bookend, ornament, glass, wine glass, whiskey glass, flask, decanter, bowl, plate, "
    "ceramic, canvas, painting, poster, print, clock, snow globe, music box, knife, apron set, coaster, "
    "tray, "
    "shower curtain, night lamp, rug, keychain, doormat, candle holder, picnic basket, champagne flute",
    "bag": "bag, backpack, purse, handbag, wallet, luggage, suitcase, duffel, diaper bag, cooler",
    "book": "book, journal, notebook, novel, cookbook, photo book, scrapbook, planner, pen, fountain pen",
    "electronics": "headphones, headphone, earbud, speaker, phone case, tablet, camera, smartwatch, "
    "game console, "
    "record, vinyl, vinyl record, record player, kindle, charger",
    "party supply": "decoration, banner, streamer, party supplies, party supply, party hat, confetti, "
    "pinata, "
    "tablecloth, party decor, decor, photo booth prop, sash, party kit, table setting",
    "pet item": "dog treat, pet toy, dog toy, cat toy, dog bed, leash, pet bed, collar, dog bandana",
    "furniture": "chair, table linen, bassinet, rocking chair, bookshelf, tent, table and chair rental",
    "fitness": "yoga mat, dumbbell, golf ball, golf club, bicycle, bike, tennis racket, football, kayak",
}

SERVICES = {
    "limo": "limo, limousine, limo ride, limo service, party bus, chauffeur, town car, black car, "
    "car service, "
    "stretch limo",
    "ride": "ride, taxi, cab, shuttle, airport transfer, airport ride, pick me up, pick us up, drop me off, "
    "drop us off, designated driver, car, van, suv, horse carriage, carriage ride, helicopter ride, "
    "boat ride",
    "restaurant": "restaurant, dinner, dinner reservation, reservation, lunch, brunch, steakhouse, "
    "table for, dining, dinner date, dinner table, romantic dinner, rooftop bar, fine dining, "
    "table reservation",
    "catering": "catering, caterer, food truck, bartender, private chef, personal chef, chef, waiter, "
    "catered lunch, "
    "buffet, taco bar, mobile bar, catered dinner, catered",
    "courier": "courier, messenger, courier service, parcel delivery",
    "photographer": "photographer, photography, photo shoot, photoshoot, videographer, photo session, "
    "photo booth, "
    "family portrait, wedding photographer, drone video",
    "music": "dj, live music, band, violinist, musician, string quartet, mariachi, mariachi band, "
    "singer, pianist, "
    "guitarist, saxophonist, singing telegram, serenade, karaoke",
    "entertainment": "clown, magician, face painter, face painting, bounce house, petting zoo, entertainer, "
    "caricature artist, princess party, balloon artist, comedian, escape room, fireworks, pony ride, "
    "santa visit",
    "cleaning": "cleaning, cleaner, house cleaning, maid service, housekeeper, deep clean, "
    "carpet cleaning, laundry, "
    "dry cleaning, window cleaning, maid, move out cleaning, clean my apartment, clean my house, "
    "clean our house",
    "beauty": "massage, spa day, manicure, pedicure, hairdresser, hair stylist, makeup artist, haircut, "
    "facial, "
    "barber, blowout, couples massage, spa treatment, nail, henna artist, mobile spa",
    "home service": "plumber, electrician, handyman, gardener, lawn care, mover, moving service, "
    "painter, locksmith, "
    "landscaping, pest control, gutter cleaning, car wash, lawn mowing, mow, lawn, tv mounting",
    "event planner": "event planner, party planner, wedding planner, event decorator, venue, "
    "event space, "
    "officiant, event staff, balloon decorator, valet, security guard",
    "care": "babysitter, nanny, pet sitter, dog walker, dog walking, dog grooming, pet grooming, tutor, "
    "personal trainer, yoga instructor, swim lesson, cooking class, dance lesson",
    "hotel": "hotel, hotel room, hotel suite, airbnb, cabin, hot air balloon ride, wine tour, city tour, "
    "boat rental, "
    "concert ticket, ticket, bike rental",
    "repair": "tailor, alterations, seamstress, watch repair, shoe repair, phone repair",
}

CUSTOMIZATIONS = {
    "embroidery": "embroidery, embroider, embroidered, stitched with, stitching",
    "engraving": "engraving, engrave, engraved, laser engraving, etched, etching",
    "monogram": "monogram, monogramming, monogrammed, initials",
    "personalization": "personalized, personalised, personalize, personalization, custom, customized, "
    "customised, "
    "custom made, with her name, with his name, with my name, with their name, with the name, "
    "with our names, "
    "name on it, bespoke, customize, made to order, custom print, with a name, photo on it",
    "printing": "screen print, screen printed, printed, screen printing, custom printed, logo, with our logo",
    "lettering": "lettering, message on it, that says, saying, that reads, inscribed, inscription, "
    "icing that says, "
    "with a message, with the words, handwritten message",
}

PACKAGING = {
    "gift wrapping": "gift wrap, gift wrapped, gift wrapping, wrapped, wrapping, wrapping paper, "
    "wrap it, giftwrapped, "
    "gift wrap it, wrap them, gift packaging, nicely packaged",
    "ribbon": "ribbon, bow, satin ribbon, with a bow, with a ribbon",
    "gift box packaging": "in a gift box, in a box, in a basket, in a gift bag, gift bag, wooden crate, "
    "in a vase",
    "note": "with a card, with a note, handwritten note, gift note, with a handwritten note, gift message, "
    "handwritten card",
}

DELIVERY = {
    "same_day": "same day delivery, same day, delivered today, deliver today, delivery today",
    "next_day": "next day delivery, next day, overnight delivery, overnight shipping, overnight",
    "express": "express delivery, express shipping, rush delivery, express, rush, expedited, fast delivery, "
    "quick delivery, asap, as soon as possible, urgently, urgent, right away, immediately, right now",
    "delivery": "delivery, deliver, delivered, delivering, ship, shipped, shipping, drop off, "
    "dropped off, sent, "
    "free delivery, home delivery, brought, delivery included, hand delivered, door to door",
    "pickup": "pickup, pick up, curbside pickup, collect, in store pickup, picking up, collected",
}

OCCASIONS = {
    "baby shower": "baby shower, sprinkle, gender reveal, gender reveal party, new baby, newborn, new mom, "
    "expecting mother, mom to be",
    "bridal shower": "bridal shower, wedding shower, kitchen tea",
    "birthday": "birthday, bday, birthday party, birthday celebration, sweet sixteen, quinceañera, "
    "quinceanera, "
    "1st birthday, first birthday, turning, turns, birthday bash",
    "wedding": "wedding, marriage, wedding reception, engagement, engagement party, rehearsal dinner, "
    "elopement, "
    "bachelorette, bachelor party, bachelorette party, proposal, propose, getting married, marriage proposal",
    "anniversary": "anniversary, wedding anniversary, work anniversary, anniversary dinner",
    "graduation": "graduation, grad party, graduation party, commencement, graduating",
    "housewarming": "housewarming, housewarming party, new home, new house, new apartment",
    "get well": "get well, get well soon, surgery, recovery, feel better, feeling sick, is sick, "
    "in the hospital, "
    "under the weather, feeling better",
    "sympathy": "sympathy, funeral, condolence, memorial, memorial service, passed away, loss, grieving, "
    "bereavement",
    "thank you": "thank you, thanks to my, say thanks, appreciation, gratitude, to thank, thank you gift",
    "apology": "apology, apologize, say sorry, apologise, i'm sorry gift, make up with",
    "retirement": "retirement, retiring, farewell, going away, leaving party, goodbye party, farewell party",
    "new job": "new job, promotion, congratulation, congrats, congratulate, got promoted, "
    "first day of school",
    "date night": "date night, romantic evening, romance, date, honeymoon, proposal dinner",
    "party": "party, celebration, dinner party, event, gala, cocktail party, office party, "
    "company party, reunion, "
    "team lunch, offsite, pool party, corporate event, fundraiser, get together, picnic, kickoff, happy hour",
    "baptism": "baptism, christening, first communion, communion, confirmation, bar mitzvah, bat mitzvah",
    "valentine's day": "valentine, valentine's day, valentines day, valentines",
    "mother's day": "mother's day, mothers day",
    "father's day": "father's day, fathers day",
    "christmas": "christmas, xmas, christmas eve, holiday party, christmas day, secret santa",
    "thanksgiving": "thanksgiving, thanksgiving day",
    "easter": "easter, easter sunday",
    "halloween": "halloween",
    "new year": "new year's eve, new years eve, new year's day, new year, nye",
    "hanukkah": "hanukkah, chanukah",
    "eid": "eid, ramadan, diwali, lunar new year",
    "juneteenth": "4th of july, fourth of july, independence day, labor day, memorial day, cinco de mayo",
}

RECIPIENTS = {
    "mom": "mom, mother, mum, mommy, mama, ma",
    "dad": "dad, father, daddy, papa, pop",
    "parents": "parent, folks",
    "wife": "wife, wifey",
    "husband": "husband, hubby",
    "girlfriend": "girlfriend, gf",
    "boyfriend": "boyfriend, bf",
    "fiancée": "fiancee, fiancée",
    "fiancé": "fiance, fiancé",
    "partner": "significant other, better half, spouse, sweetheart, love of my life, loved one",
    "grandmother": "grandma, grandmother, nana, granny, abuela",
    "grandfather": "grandpa, grandfather, granddad, abuelo",
    "grandparents": "grandparent",
    "sister": "sister, sis",
    "brother": "brother, bro",
    "daughter": "daughter",
    "son": "son",
    "kids": "child, kid, little one, toddler",
    "baby": "baby, newborn baby, infant",
    "niece": "niece",
    "nephew": "nephew",
    "aunt": "aunt, auntie",
    "uncle": "uncle",
    "cousin": "cousin",
    "mother in law": "mother in law, mother-in-law, mil",
    "father in law": "father in law",
    "sister in law": "sister in law",
    "brother in law": "brother in law",
    "friend": "friend, best friend, bestie, buddy, pal",
    "boss": "boss, manager",
    "coworkers": "coworker, colleague, team, office, staff, employee, co worker",
    "teacher": "teacher, professor",
    "neighbor": "neighbor, neighbour",
    "client": "client, customer",
    "doctor": "doctor, nurse",
    "couple": "newlywed, bride and groom, happy couple, bride, groom, bridesmaid, groomsman",
    "family": "family, in law",
    "guests": "guest, guest of honor",
    "granddaughter": "granddaughter",
    "grandson": "grandson",
    "roommate": "roommate, flatmate",
    "secretary": "secretary, assistant, receptionist",
    "dog": "dog, puppy, cat, kitten",
}

COLOURS = (
    "red, pink, white, yellow, blue, purple, orange, green, black, gold, silver, lavender colored, "
    "peach, cream, "
    "ivory, burgundy, navy, teal, turquoise, coral, magenta, violet, blush, rose gold, pastel, beige, "
    "brown, grey, "
    "gray, rainbow, multicolored, mint, light blue, dark red, hot pink, baby blue, baby pink, "
    "light pink, dark blue, "
    "royal blue, sky blue, midnight blue, sage green, deep purple, maroon, champagne colored, "
    "lilac colored, fuchsia, "
    "crimson, scarlet, amber, copper, bronze, metallic, emerald, dusty rose, off white, tan, indigo, "
    "mauve, pale pink, "
    "bright pink, bright red, mint green, forest green, navy blue, dark green, bright yellow"
)

STYLES = (
    "fancy, luxury, luxurious, elegant, classy, rustic, modern, vintage, minimalist, romantic, cute, "
    "fun, funny, "
    "premium, high end, deluxe, classic, simple, organic, vegan, gluten free, sugar free, dairy free, "
    "nut free, kosher, "
    "halal, handmade, local, eco friendly, sustainable, themed, cartoon, cartoon themed, superhero, "
    "unicorn, dinosaur, "
    "princess, mermaid, space, jungle, safari, floral themed, tropical, boho, bohemian, gothic, "
    "glamorous, festive, "
    "traditional, unique, thoughtful, sweet smelling, fresh, dried, silk, artificial, cozy, soft, "
    "fluffy, warm, "
    "sparkly, glitter, chocolate flavored, vanilla, strawberry flavored, lemon, red velvet, "
    "black forest, artisan, "
    "gourmet, second hand, used, refurbished, cheerful, whimsical, sophisticated, casual, quirky, spicy, "
    "mild, large, "
    "big, small, medium, extra large, tall, mini, tiny, giant, huge, leather, wooden, wool, cotton, "
    "cashmere, "
    "vegetarian, disney, frozen, star wars, barbie, harry potter, mickey mouse, pokemon, paw patrol, "
    "little pick me up, "
    "affordable, budget friendly, cheap, inexpensive, expensive, best, top rated, five star, "
    "highly rated, good, nice, "
    "beautiful, pretty, lovely, gorgeous, special, amazing, great, perfect, awesome, delicious, tasty, "
    "yummy, "
    "long lasting, seasonal, colorful, colourful, bright, dark, light, kid friendly, outdoor, indoor, "
    "private, italian, "
    "mexican, french, thai, indian, japanese, chinese, texas, texan, southern, bbq style, racing, "
    "racetrack, race car, "
    "pirate, fairy, rockstar, disco, eighties, retro, sporty, stretch, sunny, double, triple, "
    "three tier, two tier, "
    "tiered, chocolate chip, live, professional, experienced, bilingual, silver plated, solid gold, "
    "stainless steel, "
    "fever, night themed, posh peanut, nike, fragrance free, hypoallergenic, waterproof, weighted, "
    "knitted, crochet, "
    "matching, assorted, mixed, seasonal mix, home made, homemade, fresh baked, freshly baked, "
    "decorated, meaningful, "
    "sentimental, whole, single, long, short, heart shaped, fresh cut, hand tied, spa themed, low sugar, "
    "extra, "
    "rainy day, fancier, nicer, sugarless, keto, quiet, family style, candlelit, candlelight, outdoorsy, "
    "girly, unisex"
)

VAGUE = "something, anything, stuff, thing, some thing, idea, suggestion, inspiration, help, option, whatever"

ASKS = (
    "want, need, order, buy, get, find, send, look, looking, like, love, book, purchase, arrange, show, "
    "search, give, "
    "get me, schedule, reserve, hire, rent, plan, organize, organise, surprise, surprise with, grab, "
    "bring, suggest, recommend, "
    "recommendation, require, wish, hope, hoping, think, thinking, shop, shopping, shop for, i'd, "
    "prefer, interested, "
    "add, include, make, made, have, take, put, bake, go, going, pick, choose, come, see, check out, "
    "check, gimme, "
    "ordering, buying, sending, getting, needs, wants, planning, celebrate, celebrating, host, hosting, "
    "throw, "
    "throwing, treat, invite, arrive, arriving, here, there, happen, cater, decorate, say, wait, watch, "
    "set up, try"
)

FILLERS = (
    "a, an, the, my, our, your, his, her, their, me, us, you, i, he, she, we, they, him, them, it, its, "
    "and, or, but, "
    "with, without, for, to, of, in, on, at, by, from, that, this, these, those, is, are, am, be, was, "
    "were, been, "
    "being, do, does, did, don't, can, could, would, should, will, won't, may, might, must, shall, "
    "please, pls, hi, "
    "hello, hey, there, so, just, some, any, also, too, as, well, then, than, if, when, once, until, "
    "while, i'm, i'll, "
    "i've, we're, it's, that's, there's, let's, who, what, which, where, how, why, not, no, yes, ok, "
    "okay, really, "
    "very, quite, about, around, up, out, off, over, under, into, near, all, each, every, both, one, "
    "ones, bit, little, "
    "lot, lots, kind, sort, type, way, more, most, less, much, many, few, other, another, same, only, "
    "maybe, perhaps, "
    "possible, possibly, able, know, thanks, thank, dear, good morning, good afternoon, good evening, "
    "greetings, "
    "has, had, having, she's, he's, they're, you're, what's, who's, because, since, before, after, during, "
    "today, mine, yours, self, myself, now, soon, instead, else, plus, along, together, too, again, "
    "even, still, "
    "something's, sure, of course, certainly, kindly, great thanks, via, per, next to, by then, et, "
    "am i, y'all, "
    "i'd like, i would like, place, town, area, total, price, cost, budget, max, maximum, minimum, top, "
    "person, people, "
    "friends, day, days, week, time, moment, order, set, piece, pair, number, size, color, colour, "
    "colored, coloured, "
    "year old, years old, yr old, flavor, flavour, theme, style, shape, door, house, home, apartment, "
    "deal, name"
)

NAMES = (
    "alex, alice, amy, andrea, andrew, angela, anna, ben, bob, brian, carlos, carol, chloe, chris, "
    "christina, claire, "
    "dan, daniel, dave, david, diana, ella, emily, emma, eric, ethan, eva, frank, george, grace, hannah, "
    "harry, henry, "
    "isabella, jack, jacob, james, jane, jason, jen, jennifer, jenny, jessica, jim, joan, joe, john, "
    "jose, josh, "
    "julia, julie, karen, kate, katie, kevin, laura, lauren, leo, liam, linda, lisa, lucas, lucy, luis, "
    "maria, mark, "
    "mary, matt, mia, michael, mike, molly, nancy, nathan, nick, nicole, nina, noah, olivia, oscar, "
    "paul, peter, "
    "priya, rachel, rebecca, rob, robert, ryan, sam, samantha, sarah, sophia, sophie, steve, susan, "
    "thomas, tim, tom, "
    "tony, victoria, william, zoe"
)

PLACES = {
    "Austin": "austin, austin texas, austin tx",
    "downtown": "downtown, downtown austin",
    "Zilker": "zilker, zilker park",
    "South Congress": "south congress, soco",
    "East Austin": "east austin",
    "South Austin": "south austin",
    "North Austin": "north austin",
    "West Lake Hills": "west lake hills, westlake",
    "Hyde Park": "hyde park",
    "Mueller": "mueller",
    "The Domain": "the domain",
    "Rainey Street": "rainey street, rainey",
    "Barton Springs": "barton springs",
    "Lady Bird Lake": "lady bird lake",
    "Lake Travis": "lake travis",
    "Round Rock": "round rock",
    "Cedar Park": "cedar park",
    "Pflugerville": "pflugerville",
    "Georgetown": "georgetown",
    "Lakeway": "lakeway",
    "Bee Cave": "bee cave, bee caves",
    "San Marcos": "san marcos",
    "San Antonio": "san antonio",
    "Dripping Springs": "dripping springs",
    "Dallas": "dallas",
    "Houston": "houston",
    "Fort Worth": "fort worth",
    "New York": "new york, new york city, nyc, manhattan, brooklyn",
    "Los Angeles": "los angeles",
    "Chicago": "chicago",
    "San Francisco": "san francisco",
    "Seattle": "seattle",
    "Denver": "denver",
    "Boston": "boston",
    "Miami": "miami",
    "the airport": "airport, abia, austin airport",
    "UT campus": "ut campus, ut austin, campus",
    "the Capitol": "capitol, state capitol",
    "Travis Heights": "travis heights",
    "Clarksville": "clarksville",
    "Tarrytown": "tarrytown",
    "Texas": "texas, tx",
}
