"""Real words that are a letter or two away from a word that we look for, so that none is taken for it."""

from shared.domain.operations.understanding.wordlists import words

ORDINARY = words(
    """
    ablate addressed addresses afterburning alleged alleges allelic alright ambiance ambulant ambulante
    ambulated ambulation ampliate ampullae anafilaxis anergies angers antiallergic antismoking argive aright
    armed armful arrives assailed attach attached attaches attaching attained attracted bacterias bacterie
    bacteries bakeries ballast band bands barberries barns barrier bash bast bathing battered batterie
    batters bayberries beaching bearing beast beating beeping belled bending berating berner berthing better
    betters bister bisters bitte black blade blades blame blaming blanc blanche bland blank blanks blas
    blasted blaster blasters blat blats bleach bleached bleaching bleating bleep bleeping bleeps blend
    blended blending blends bless blessed blessing blest bleue blighters blinders blinding blinked blinkered
    blinkering blinkers blithered blithering blithers blocks blond bloom bloomed bloomy blooped blossom
    blued blurs bluse blushed bluster blustered blusterer blustering blusters boast bolstered bolstering
    bonfires booked border bother bothered bound bounded bourns brad braise braised braises braising branche
    brands brauch braud breach breaching bread breading breadth breaking breasting breather breaths
    breeching breed breeding breeds brise brisee brisees brises broaching brocken broker brood broody brooke
    brooked brother brothers browsing bruce bruited bruiting brule brune brush brushed brushes brushing
    brute buns bunt burbs buret burger burgers burgs buried burier burins burks burled burls burnish
    burnished burped burping burps burred burrier burring burris burro burros burrs burs burst bursts burt
    burweed burying butter butterier butteries butteriest buttery canceling cancellations cancels cancer
    canciller candled cankered cannelle canoodled cantered carcel carrer carried carriers carries cartier
    caseinogen cash catcalled catcalling caucussed centurion centurions chained chaired chancel chandelled
    chandelling changed channelled channelling charge chargebacks charger chargers charges charging charmed
    charming charrier charted chatter chauffe chauffeur cheeked cheeking chipped chipping chips chirred
    choice choker chokers chook choose chooses choosing chope chopes chopped chopping chore chores chose
    chosen choses chowed chowing churred cincel clacked claims clipping coked cokes coking collage collapser
    collapses collapsible collate collusion combated combatted commander committed committing commuted
    composted compulsion compulsions computed concealed concealing concesion concession concessions
    concision conclusion conclusions conduccion conduisons confesion confessed confession confessions
    confused confusion confusions connaissions conscious consulted contagion contagions contused conversed
    conversion conversions convolved cooke cooked cooking could counterpoison coupon coupons courber
    couriers courriel courrier course courser courses coursier courter courtier cracking crackled cranked
    cricked crocked crooked crookes crooking crowned cruise currier dagger daggers damage damages damaging
    dancer dancers dander dangler danglers danker danser dash deafly dearly deceptive declare declared
    decorated deductive defensive deflective delibere deliberee deliver deliveries delivers derogated
    desactive descorchar desolated detective detectives dinginess directive dirtiness disappoint disappoints
    discant discounts disjoint dismount dissout ditzy dizaines doctors doktor donated down downed downing
    doziness draining drawing drawn dripping droned droning drooling drooping dropping droving drowsed
    drowsing eccentric eccentricity eclectic eclosion effective eleatic electrician electricien electricista
    electrolytes electron electronic electronics emergence emergent employed employees employing empoison
    empoisonnees empoisonnement empoisonnent empoisonner empoisonnes escaldado excluded excludes excluding
    exclusion exclusions exclusive exklusive expanded expanding expansion expansions expansive expended
    expending expensive expire expired expires expletive exploited exploiting exploits explore explored
    explorer explores exploring expose exposes exposing expresion expression expressions expressive
    expulsion expulsions expulsive extensive factored facture facturer factures failing faintly faires
    fairing fait fallal fame fames fancy fares farmable farmed fatally fayal feature featured features feier
    feint feinted feinting felting femmes fetal feud feuerzeug fewer fibres fides fieres fies fifes filed
    files fille finding fined fines firebase fired firewall firewalls firm firmer firmes firms firs first
    fitting five fives fixed fixes fizzes flagging flake flakes flaking flambes flamingo flapping flare
    flares flaring flasche flash flatte flattee flatting flawing flawless flaying fleming flint flume flumes
    foaming foires forces fore fores forest forme found frais fraise frame framed frames framing frees
    friend friends fries frowning fuses futes fuzees fuzes fuzzes gas gasped gassed gates gnashed gushed
    haggard hammed hared harked harmless harped harried harts hasard hasards hatter hatters haven haves
    headcase headcases headcheese headrace headraces heartache heartaches heartburning heartburnings heated
    heater heaters heating hides hies hiess hikes hines hipped hipping hires hisses hive hocked hocking
    hoking hooking hooves hospitable hospitalidad hospitality hostal hours house huaraches humor hunt
    hunting hunts hurdle hurds hurling hurls hurried hurry hurrying hurst hurtling huts ignoring igraine
    impressive inches inching incurred incurring inexpensive inferring inflate inflated inflexed informed
    infrared ingles injected injection injustes inputting inquire inquiries inquiry insure insured insures
    insuring intensive interno inure inured inures inuring invoiced invoices jilted jilts joints jolis
    jollied jots jotted kissing lactated lactation laming lamming lateraled lateralled lawyers layer letal
    liberated liberation lister listers looking magnat magnats magnetic mailed malted malting malts manet
    mapping massing meats meeting meets melded melding melds melees meles melon melons melos melton messing
    meted meting mets mightiness migrate migrating milted milting milts mimed miscount missed misses misting
    misusing mitigated mixing mold molded molder moldering molted molting molts monoid monopode moraines
    morten mother mothered mothering motivated mussing mutated mutilate nodose noise noises noisy
    nonallergic nonpoisonous nonsmoking norse odder older omitted omitting orden ordner ordre ordres outlets
    outset overbearing overbears overbooked overbore overcoat overcoats overcome overcomes overcooked
    overdone overdressed overdue overeat overeaten overeater overeating overeats overhead overheads overhear
    overheard overhearing overjoyed overleaped overleaping overleaps overleapt overlept overlooked overrated
    overrating overreact overreacted overreacting overreacts overrode overseas oversee overset overstated
    overstating overtone overtopped overuse overused packaged packager packagers pailful painfully paint
    painted painting panful parametric parked parking parlayed parnell parte payable payent paying payments
    peeked peeking peking person piked piking plain plates poise poised poising poisson poissonnier poissons
    poked poking posons possible pound poussons prepayment prison prisons pudding puffed puffing pugging
    puled puling pulled pulling punned punning pupped pupping purcell pureed purred purring putted putting
    racked racking radiactiva radiactivo radiative raises ranger rases rashness rauchig rausch rebinding
    rebounding reburying receded receipts receiver receivers receives recent recept reception recessed
    recessive recipe recipes recited reclined recoiled recoive recurring recurved recurving redounding
    refined refining refolded refolding refound refueled refueling refuelled refuelling refused refusing
    refuted refuting relieved remanding rembourse remboursement remelted remelting reminded reminding
    remplace remplacee remplacement rending replaced replacements replacer replaces replica repugning
    rerunning resending reserved reshes resounding retained retaining retard retarded retarding retards
    retired retiring retorted retorting retour retried retrying retuned retuning returns revived rewinding
    ridiculously ripping round rounded rounding rounds rush rushed rushes salad sallow sallower sangles sard
    sards sars scabbing scad scads scaffolding scags scala scale scaled scales scaling scalloped scalloping
    scalped scalping scalps scamming scams scanning scans scanting scarce scare scared scares scarf scarfed
    scarfing scarfs scaring scarped scarpering scarping scarves scary scathing scats scatter scattered
    scatterer scattering scatterings scatters scatting scented scold scolded scolder scolding scolds sconces
    scored scoreless scores scoring scorned scorning scotch scotched scotches scotching scotchs scraping
    screeching seaming search searched searches searching sears seedling seizers seizes selling settling
    shack shacked shacking shacks shad shading shads shakers shallow shallower shallows shampoo shapers
    shaping share shared sharers shares sharing shark sharked sharking sharks sharp sharpers sharps shavers
    shelled shelling shelter sheltered sheltering sherd sherds shifting shilling shimming shimmying shining
    shinning shinnying shipper shippers shirking shirring shirting shitting shlock shoaling shoeing shooing
    shook shooting shoots shopped shopper shopping shoring short shorted shorter shorting shorts shot shots
    shouldering shout shouted shouting shouts shoving showcase showed shower showers showing shredded shuck
    shucked shucking shucks shutter shuttered shuttering shutters sideburns siege signe signed signee since
    sine sing singh single singled singles sings sinned sinters sipped sipping sizing skald skipped skipping
    skittered skittering slabs slamming slathered slathering sling slingers slipping slithered slithering
    slouching smaller smallest smart smarter smatter smattered smattering smatterings smatters smelled
    smelling smells smelting smile smiling smirching smock smocked smocking smocks smoggy smoker smoldered
    smooching smooth smoothed smoothen smoothened smoothening smoother smoothers smoothes smoothie smoothies
    smoothing smores smote snipped snipping snitches soars sock socked sockets socking socks soke solder
    soldering soldiering sollen songe soother sound spaak spacing spading spain spamming spanging spangled
    spangles spangling spank spanked spanking spanks spanned spanning spare spared spares sparing sparkle
    sparkles sparkling sparky sparling sparred sparring spars spatter spattered spattering spatters spatting
    spawned spawning spaying speaking spelled spelling sphincters spinner spinners spinsters splatter
    splattered splattering splatters splicer splicers splines splint splitter splitters splutter splutters
    spock spoke spokes spooked spooking spooky sprawled sprayed sprigged spring springers sprinted sprinter
    sprinters sputtered sputtering stabs stacking stalling standing starching stares stark starred starring
    stars starten starting starving stealing steaming stepping sticker stickers sticking stinger stink
    stitched stitching stock stocked stocking stocks stoke stoked stokes stoking stopping stored stove
    stoves straddle straddled straddles straddling straggle straggled straggler stragglers straggles
    straggling strain strained stranded stranding strange strangely strangeness stranger strangers strangest
    strapless streaming strenge stretches string stringed stringing strings stripping stroke strong strongly
    struggle struggled struggles struggling stuttered stuttering suborned suffixation sufflate sulfonate
    sulfonates sulfonation sunburning supplanters surgeon swabs swan swapped swapping sward swards swatter
    swattered swattering swatters swearing sweating sweeping sweetened sweeting swell swelter swerving
    swilled swilling swing swinge swinged switched switches synge tacked tacking tainted taking talking
    tangle tangles tangling tasking teaching terribly terrific tilting tincting tinge tingeing tinges
    tinging tinkle tinkles tinkling tinning tinseling tinselling tinting tipping tires titches toggling
    toner tonic topic torre traced tracing track tracker tracks tracksuit trading trafficking trailing
    training tramming tramping trapping trashing trawling trick tricked tricking tricks trucked trucking
    tunneling turning unacceptably unburned unexploded uninjured unmelted unsubscribed visiting voiding voit
    voting walker wallow wallowed wallowing wallows warmed warrant warranted warrantee warranties warrants
    wash wearing weeding wefts welds welled welles welling wells wests wets wheedling wheeling whelming
    whelping whetting whipping wilts windburned windburnt wires wollen wonder wondering wong wooden would
    woulds wring wrongs wrung wund wunsch zipped zipping
    """
)
