"""Things and services that people ask for."""

from shared.domain.scout.vocabulary.concept import Concept, Sort

_T = Sort.THING

THINGS: tuple[Concept, ...] = (
    Concept(
        "flowers",
        _T,
        "flowers, floral, florals, bouquet, bouquets, blooms, blossoms, posy, nosegay, flower arrangement, "
        "floral arrangement, cut flowers, florist",
        "rose, roses, tulip, peony, peonies, lily, lilies, carnation, daisy, daisies, gerbera, hydrangea, "
        "sunflower, ranunculus, dahlia, iris, snapdragon, chrysanthemum, anemone, gardenia, freesia, "
        "zinnia, "
        "bluebonnet, wildflower, wildflowers, boutonniere, corsage, wreath, alstroemeria, delphinium",
        related="plants: 0.3, orchid: 0.5",
        exclusive=True,
    ),
    Concept("orchid", _T, "orchid, orchids, phalaenopsis", related="plants: 0.5, flowers: 0.5"),
    Concept(
        "plants",
        _T,
        "plant, plants, houseplant, houseplants, potted plant, greenery",
        "succulent, succulents, cactus, cacti, fern, monstera, pothos, bonsai, terrarium, philodendron, "
        "snake plant, fiddle leaf, planter, herb garden, peace lily",
        related="flowers: 0.3",
        exclusive=True,
    ),
    Concept(
        "cake",
        _T,
        "cake, cakes, gateau, torte",
        "cheesecake, layer cake, sheet cake, smash cake, bundt, tres leches",
        related="cupcakes: 0.5, bakery: 0.35, pie: 0.3",
        exclusive=True,
    ),
    Concept("diaper cake", _T, "diaper cake, nappy cake", related="baby: 0.3"),
    Concept("cupcakes", _T, "cupcake, cupcakes", related="cake: 0.5, bakery: 0.4", exclusive=True),
    Concept("cookies", _T, "cookie, cookies, biscuits", "macaron, shortbread", related="bakery: 0.5"),
    Concept("pie", _T, "pie, pies, tart, tarts", "kolache, kolaches", related="bakery: 0.5"),
    Concept(
        "bakery",
        _T,
        "bakery, baked goods, pastry, pastries, baker, patisserie",
        "bread, sourdough, croissant, croissants, brioche, donut, donuts, doughnut, muffin, scone, "
        "brownie, "
        "brownies, cinnamon roll, cookie, cookies, macaron, cupcake, cake, pie, kolache, babka, concha, "
        "pan dulce",
        related="dessert: 0.5",
    ),
    Concept(
        "dessert",
        _T,
        "dessert, desserts, sweets, sweet treat, treats, confectionery",
        "cake, cupcake, cookie, pie, brownie, macaron, ice cream, gelato, truffle, chocolate, candy, "
        "tiramisu",
        related="chocolates: 0.4",
    ),
    Concept(
        "chocolates",
        _T,
        "chocolate, chocolates, chocolatier, bonbon, bonbons, choccies",
        "truffle, truffles, praline, pralines, ganache, cocoa, fudge, toffee",
        related="candy: 0.5, dessert: 0.4",
        exclusive=True,
    ),
    Concept(
        "candy",
        _T,
        "candy, candies, lollipop, caramels, confection",
        "caramel, gummies, marshmallow, cotton candy, nougat",
        related="chocolates: 0.5",
    ),
    Concept(
        "wine",
        _T,
        "wine, wines, vino",
        "red wine, white wine, pinot, cabernet, merlot, chardonnay, rosewine, malbec, tempranillo, "
        "riesling, "
        "prosecco, champagne, sparkling wine, viognier, sangria, port wine",
        related="spirits: 0.4",
        exclusive=True,
    ),
    Concept(
        "champagne",
        _T,
        "champagne, bubbly, sparkling wine",
        "prosecco, cava, brut",
        related="wine: 0.5",
        exclusive=True,
    ),
    Concept(
        "spirits",
        _T,
        "spirits, liquor, booze, alcohol",
        "whiskey, whisky, bourbon, tequila, mezcal, vodka, gin, rum, scotch, cognac, cocktail, margarita",
        related="wine: 0.4",
        exclusive=True,
    ),
    Concept("whiskey", _T, "whiskey, whisky, bourbon, scotch", related="spirits: 0.4", exclusive=True),
    Concept("beer", _T, "beer, beers, ale, lager, craft beer, six pack, ipa", related="spirits: 0.3"),
    Concept("coffee", _T, "coffee, espresso, coffee beans, cold brew", related="tea: 0.4"),
    Concept("tea", _T, "tea, teas, teapot, matcha, chai", related="coffee: 0.3"),
    Concept(
        "balloons",
        _T,
        "balloon, balloons, balloon garland, balloon arch, helium",
        related="decorations: 0.5",
        exclusive=True,
    ),
    Concept(
        "decorations",
        _T,
        "decoration, decorations, decor, party supplies",
        "balloon, garland, centerpiece, centrepiece, backdrop, bunting, table setting, pinata, yard sign, "
        "streamers, confetti, banner",
        related="balloons: 0.5, rentals: 0.4",
    ),
    Concept(
        "rentals",
        _T,
        "rental, rentals, hire, party rental",
        "tent, canopy, chairs, tables, dance floor, linens, tableware, bounce house, bouncy castle, "
        "photo booth, heater, string lights, stage, cooler, popcorn machine, margarita machine",
    ),
    Concept(
        "photography",
        _T,
        "photographer, photography, photo shoot, photoshoot, photo session, portrait session, photos, "
        "pictures taken, take pictures, taking pictures, take photos",
        "portrait, portraits, headshots, drone video, engagement session, videographer, videography",
        related="photo booth: 0.4",
        exclusive=True,
    ),
    Concept("photo booth", _T, "photo booth, photobooth", related="photography: 0.3"),
    Concept(
        "catering",
        _T,
        "catering, caterer, caterers, catered, buffet",
        "barbecue, bbq, brisket, taco bar, charcuterie, grazing table, canapes, hors doeuvres, "
        "finger food, "
        "lunch boxes, brunch spread, breakfast tacos, party platter",
        related="dinner: 0.4, food: 0.5",
    ),
    Concept(
        "food",
        _T,
        "food, meal, meals, snacks, groceries, gourmet",
        "cheese, charcuterie, salami, jam, honey, olive oil, hot sauce, salsa, pecan, pecans, brisket, "
        "tacos, "
        "hamper, pizza, sushi",
        related="catering: 0.5, dinner: 0.4",
    ),
    Concept(
        "charcuterie",
        _T,
        "charcuterie, cheese board, cheeseboard, grazing board, grazing table, cheese",
        related="catering: 0.4, food: 0.5",
    ),
    Concept(
        "barbecue",
        _T,
        "barbecue, bbq, barbeque, brisket, smoked meat, ribs",
        related="catering: 0.4, food: 0.4",
    ),
    Concept("tacos", _T, "taco, tacos, tex mex, fajitas, enchiladas", related="catering: 0.4, food: 0.4"),
    Concept("breakfast", _T, "breakfast, brunch", "pancakes, breakfast tacos, mimosa", related="bakery: 0.3"),
    Concept(
        "dinner",
        _T,
        "dinner, restaurant, dining, dine, supper, table for two, reservation, table reservation, eat out",
        "tasting menu, lunch, prix fixe, chefs table, omakase, steakhouse, bistro, trattoria, "
        "private dining, "
        "private chef, wine pairing",
        related="catering: 0.35, food: 0.3",
    ),
    Concept("sushi", _T, "sushi, omakase, sashimi", related="dinner: 0.4, food: 0.4"),
    Concept("steak", _T, "steak, steaks, steakhouse, ribeye", related="dinner: 0.4, barbecue: 0.3"),
    Concept(
        "transport",
        _T,
        "ride, car service, transportation, transport, driver, chauffeur, chauffeured",
        "limo, limousine, stretch limo, stretch limousine, town car, taxi, black car, party bus, "
        "shuttle, sprinter, suv, pedicab, "
        "airport transfer, horse carriage, carriage, sedan, vintage car, airport pickup",
        exclusive=True,
    ),
    Concept(
        "limo",
        _T,
        "limo, limos, limousine, stretch limo, stretch limousine",
        related="transport: 0.6",
        exclusive=True,
    ),
    Concept(
        "courier",
        _T,
        "courier, messenger, bike courier, hot shot, parcel, delivery service, delivery driver",
        "refrigerated delivery, white glove delivery, scheduled delivery, bike messenger, cold chain",
        related="delivery: 0.6",
        exclusive=True,
    ),
    Concept(
        "delivery",
        Sort.GENERIC,
        "delivery, delivered, deliver, deliveries, same day delivery, express delivery, rush delivery, "
        "free delivery",
        weight=0.12,
    ),
    Concept(
        "embroidery",
        _T,
        "embroidery, embroidered, embroider, monogram, monogrammed, monogramming, monograms, "
        "stitched name, "
        "initials",
        "name patch, chain stitch",
        related="personalization: 0.6, engraving: 0.3",
    ),
    Concept(
        "engraving",
        _T,
        "engraving, engraved, engrave, etched, etching, laser engraving, inscription",
        "trophy, plaque, nameplate",
        related="personalization: 0.6, embroidery: 0.3",
    ),
    Concept(
        "personalization",
        _T,
        "personalised, personalized, personalise, personalize, personalization, customised, customized, "
        "custom made, customization, bespoke",
        "monogram, monogrammed, engraved, engraving, embroidered, embroidery, hand lettered",
        weight=0.6,
    ),
    Concept(
        "gift wrapping",
        _T,
        "gift wrapping, gift wrap, wrapping, wrapped, wrap, packaging, gift box, gift boxed, giftwrap, "
        "ribbon",
        "furoshiki, keepsake box, bow, tissue paper, gift bag, basket assembly",
    ),
    Concept(
        "basket",
        _T,
        "basket, baskets, hamper, hampers, gift basket, gift set, care package",
        related="food: 0.3",
    ),
    Concept(
        "cards", _T, "card, cards, greeting card, notecard, stationery, gift note", related="printing: 0.4"
    ),
    Concept(
        "printing",
        _T,
        "print shop, printing, printed, prints, letterpress",
        "invitation, invitations, business cards, banner, flyers, yard sign, stickers, screen print, "
        "poster, "
        "photo book, canvas print, place cards, menu cards, birth announcement",
    ),
    Concept("invitations", _T, "invitation, invitations, invites, save the date", related="printing: 0.5"),
    Concept("candle", _T, "candle, candles, votive, soy candle", related="home gifts: 0.3", exclusive=True),
    Concept(
        "spa",
        _T,
        "spa, pampering, pamper, spa day, spa treatment, self care",
        "massage, facial, manicure, pedicure, mani pedi, skincare, bath, bath bomb, bath salts, robe, "
        "body scrub, "
        "aromatherapy, sauna, float, sugar scrub, hot stone",
        related="relaxing: 0.5",
    ),
    Concept("massage", _T, "massage, massages, hot stone, masseuse", related="spa: 0.5"),
    Concept("nails", _T, "manicure, pedicure, mani pedi, nails", related="spa: 0.5"),
    Concept(
        "jewelry",
        _T,
        "jewelry, jewellery, jewel, jeweler, jeweller, bling",
        "necklace, bracelet, ring, earrings, earring, pendant, locket, brooch, cufflinks, anklet, "
        "charm, studs, "
        "signet, bangle, watch",
        exclusive=True,
    ),
    Concept("necklace", _T, "necklace, pendant, locket, choker", related="jewelry: 0.45", exclusive=True),
    Concept(
        "bracelet", _T, "bracelet, bangle, cuff, charm bracelet", related="jewelry: 0.45", exclusive=True
    ),
    Concept("ring", _T, "ring, rings, signet ring", related="jewelry: 0.45", exclusive=True),
    Concept("earrings", _T, "earrings, earring, studs, hoops", related="jewelry: 0.45", exclusive=True),
    Concept(
        "toys",
        _T,
        "toy, toys, game, games, plaything",
        "puzzle, blocks, doll, dollhouse, train set, board game, plush, teddy bear, rattle, kite, lego, "
        "stuffed animal, action figure, science kit, craft kit, rocking horse, stacker, dinosaur, "
        "marble run",
        exclusive=True,
    ),
    Concept(
        "plush",
        _T,
        "plush, stuffed animal, teddy bear, teddy, soft toy, cuddly toy, plushie",
        "bear, bunny",
        related="toys: 0.45",
    ),
    Concept("puzzle", _T, "puzzle, puzzles, jigsaw", related="toys: 0.45"),
    Concept(
        "books",
        _T,
        "book, books, bookshop, bookstore, reading",
        "novel, novels, cookbook, picture book, board book, memoir, poetry, journal, storybook, audiobook, "
        "first edition",
        exclusive=True,
    ),
    Concept("blanket", _T, "blanket, blankets, throw", "swaddle, quilt, lovey", related="baby: 0.3"),
    Concept(
        "clothing",
        _T,
        "clothing, clothes, apparel, outfit, outfits, wear",
        "shirt, t shirt, tee, onesie, romper, hat, cap, beanie, sweater, hoodie, socks, dress, pajamas, "
        "bib, "
        "booties, robe, jacket, bandana, scarf, apron, footie, gown",
    ),
    Concept(
        "onesie", _T, "onesie, romper, bodysuit, footie, sleeper, gown", related="clothing: 0.45, baby: 0.3"
    ),
    Concept("mug", _T, "mug, mugs, cup, tumbler", related="home gifts: 0.3"),
    Concept(
        "glassware",
        _T,
        "glassware, glasses, tumblers",
        "decanter, flutes, wine glass, whiskey glass, whisky glass, coupe",
        exclusive=True,
    ),
    Concept("knife", _T, "knife, knives, pocketknife, pocket knife"),
    Concept("cutting board", _T, "cutting board, chopping board, cheese board", related="home gifts: 0.4"),
    Concept("leather", _T, "leather", "wallet, tote, handbag, belt, boots"),
    Concept("frame", _T, "frame, frames, picture frame, photo frame"),
    Concept("keychain", _T, "keychain, key ring, keyring"),
    Concept(
        "home gifts",
        _T,
        "homeware, home goods, home decor, kitchenware, housewares",
        "vase, mug, candle, blanket, throw, pillow, cutting board, frame, pottery, ceramic, diffuser, "
        "tea towel",
    ),
    Concept("vase", _T, "vase, vases", related="home gifts: 0.4"),
    Concept(
        "cleaning",
        _T,
        "cleaning, cleaner, cleaners, house cleaning, maid, housekeeping, clean, tidy, tidying",
        "deep clean, move out clean, carpet cleaning, window washing, laundry, after party cleanup, cleanup",
        exclusive=True,
    ),
    Concept(
        "handyman",
        _T,
        "handyman, repair, repairs, fix, odd jobs, installation, home repair, furniture assembly, assemble",
        "tv mounting, mount, plumbing, drywall, crib assembly, leaky faucet, painting, shelf, hang pictures",
        exclusive=True,
    ),
    Concept(
        "pets",
        _T,
        "pet, pets",
        "dog, puppy, pup, doggy, cat, kitten, dog walking, grooming, groomer, pet sitting, leash, collar, "
        "dog treats, catnip, dog bed, chew, dog bath",
        weight=0.9,
    ),
    Concept("dog", _T, "dog, dogs, puppy, pup, doggy", related="pets: 0.4", weight=0.9),
    Concept("cat", _T, "cat, cats, kitten, kitty", related="pets: 0.4", weight=0.9),
    Concept("grooming", _T, "grooming, groomer, dog bath, nail trim", related="pets: 0.5"),
    Concept("dog walking", _T, "dog walking, dog walker, dog walk, pet sitting", related="pets: 0.5"),
    Concept(
        "music",
        _T,
        "music, musician, band, live music",
        "dj, singer, serenade, mariachi, string quartet, guitarist",
        exclusive=True,
    ),
    Concept(
        "planning",
        _T,
        "planner, party planner, event planner, coordinator, day of coordination, event planning",
    ),
    Concept("babysitting", _T, "babysitter, babysitting, nanny, childcare, sitter"),
)
