"""The words of the demonstration: names of streets, firms and people, put together at random. All fictitious."""

from __future__ import annotations

# Kinds of street, the most frequent first; a name comes back under another kind only when all names were used.
KINDS = (
    "Rue", "Avenue", "Allée", "Boulevard", "Impasse", "Passage", "Villa", "Square", "Chemin", "Cours", "Sente",
    "Promenade", "Résidence", "Ruelle", "Venelle", "Quai", "Montée", "Traverse", "Clos", "Mail", "Esplanade", "Voie",
)  # fmt: skip

# What follows the kind, its article included, so that « Rue » + name reads well.
STREETS = tuple(
    name.strip()
    for name in """
    de la République, de la Mairie, de l'Église, du Général-Leclerc, Jean-Jaurès, Victor-Hugo, Pasteur, Gambetta,
    de Verdun, du 8-Mai-1945, du 11-Novembre, Anatole-France, Émile-Zola, Voltaire, Jules-Ferry, Marcel-Pagnol,
    Marie-Curie, Louise-Michel, Olympe-de-Gouges, George-Sand, Simone-Veil, Lucie-Aubrac, Rosa-Parks, Sonia-Delaunay,
    Camille-Claudel, Berthe-Morisot, Germaine-Tillion, Colette, Barbara, Édith-Piaf, Claude-Debussy, Maurice-Ravel,
    Hector-Berlioz, Georges-Bizet, Erik-Satie, Camille-Pissarro, Paul-Cézanne, Claude-Monet, Auguste-Renoir,
    Gustave-Caillebotte, Henri-Matisse, Paul-Signac, Alfred-Sisley, Jean-Moulin, Pierre-Brossolette, Guy-Môquet,
    Gabriel-Péri, Aristide-Briand, Raymond-Poincaré, Léon-Blum, Salvador-Allende, Nelson-Mandela, Martin-Luther-King,
    Denis-Diderot, Jean-Jacques-Rousseau, Molière, Racine, Corneille, La-Fontaine, La-Bruyère, Montaigne, Rabelais,
    Ronsard, Balzac, Stendhal, Flaubert, Alexandre-Dumas, Alphonse-Daudet, Guy-de-Maupassant, Jules-Verne, Baudelaire,
    Rimbaud, Verlaine, Guillaume-Apollinaire, Paul-Éluard, Louis-Aragon, Jacques-Prévert, Robert-Desnos, Lamartine,
    Chateaubriand, Lavoisier, Ampère, Arago, Laplace, Lagrange, Monge, Carnot, Descartes, Pascal, Fermat, Galilée,
    Copernic, Kepler, Newton, Darwin, Buffon, Cuvier, Louis-Blériot, Clément-Ader, Roland-Garros, Hélène-Boucher,
    Maryse-Bastié, des Acacias, des Bleuets, des Bouleaux, des Cerisiers, des Charmes, des Châtaigniers, des Chênes,
    des Coquelicots, des Érables, des Frênes, des Glycines, des Hêtres, des Iris, des Jonquilles, des Lilas,
    des Marronniers, des Mimosas, des Noyers, des Ormes, des Peupliers, des Pins, des Platanes, des Primevères,
    des Roses, des Sorbiers, des Sycomores, des Tilleuls, des Tulipes, des Violettes, de l'Aubépine, du Muguet,
    du Moulin, du Four, du Puits, du Lavoir, de la Fontaine, de la Source, du Ruisseau, de l'Étang, de la Seine,
    du Port, du Bac, des Mariniers, des Pêcheurs, du Pont, de l'Écluse, des Berges, de la Gare, du Chemin-de-Fer,
    de la Station, de l'Abreuvoir, de la Ferme, des Champs, des Prés, des Vignes, des Vignerons, du Pressoir,
    des Carrières, des Plâtrières, de la Glacière, de la Tuilerie, des Tanneurs, des Forgerons, des Menuisiers,
    des Maraîchers, des Jardins, du Verger, de la Roseraie, du Parc, du Château, de la Terrasse, de Bellevue,
    du Belvédère, du Panorama, de la Côte, du Coteau, des Hauts, du Val, de la Vallée, de la Plaine, de la Garenne,
    de la Faisanderie, de la Chasse, du Bois, de la Forêt, de la Clairière, des Sablons, des Groues, du Calvaire,
    de la Croix, de la Chapelle, du Presbytère, du Couvent, des Écoles, du Lycée, de la Bibliothèque, du Stade,
    des Sports, du Gymnase, du Marché, du Commerce, des Arts, de l'Industrie, du Travail, de l'Union, de la Liberté,
    de l'Égalité, de la Fraternité, de la Paix, de la Concorde, de l'Avenir, de l'Espérance, du Progrès, de Paris,
    de Versailles, de Saint-Germain, de Rouen, d'Orléans, de Chartres, de Strasbourg, de Metz, de Nancy, de Colmar,
    de Bretagne, de Normandie, d'Alsace, de Lorraine, de Bourgogne, de Champagne, de Provence, du Limousin,
    """.replace("\n", " ").split(",")
    if name.strip()
)

FIRST_NAMES = (
    "Alice", "Bruno", "Chantal", "Denis", "Élodie", "Farid", "Gisèle", "Hugo", "Inès", "Jérôme", "Karima", "Louis",
    "Maïa", "Nadège", "Olivier", "Pauline", "Quentin", "Rachid", "Sylvie", "Thierry", "Ulysse", "Valérie", "Yann",
    "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Aubernon", "Belcastel", "Charvoz", "Delmontel", "Estrevin", "Falquières", "Granvallet", "Hautecombe", "Issarlet",
    "Jouvencet", "Kermadic", "Lestringuez", "Malaussanne", "Nivernet", "Orsavel", "Puymirac", "Quintefeuil",
    "Roquevaire", "Sauvignet", "Tressemanes", "Ubraye", "Valdambray", "Wissembert", "Yvernault", "Zuydcoque",
)  # fmt: skip

# Kind of establishment receiving the public: type of the fire regulation, activity, how it is called, weight.
ESTABLISHMENTS = (
    ("M", "commerce", ("Supérette", "Librairie", "Galerie marchande", "Bazar", "Jardinerie"), 26),
    ("N", "restauration", ("Restaurant", "Brasserie", "Café", "Cantine"), 22),
    ("W", "bureaux et administration", ("Agence", "Hôtel de services", "Bureau de poste", "Maison des services"), 14),
    ("R", "enseignement", ("École maternelle", "École élémentaire", "Collège", "Crèche", "Lycée"), 13),
    ("L", "salle polyvalente", ("Salle des fêtes", "Théâtre", "Cinéma", "Auditorium"), 4),
    ("O", "hôtel", ("Hôtel", "Pension"), 4),
    ("S", "lecture publique", ("Médiathèque", "Bibliothèque"), 3),
    ("U", "santé", ("Clinique", "Centre de santé", "Dispensaire"), 4),
    ("V", "culte", ("Église", "Temple", "Salle de prière"), 3),
    ("X", "sport couvert", ("Gymnase", "Piscine", "Dojo"), 4),
    ("J", "personnes âgées", ("Résidence autonomie", "EHPAD"), 2),
    ("Y", "musée", ("Musée", "Maison d'artiste"), 1),
)

# Public equipment of the open layer: theme, kinds.
EQUIPMENT = (
    ("Éducation", ("École", "Collège", "Crèche", "Centre de loisirs")),
    ("Sport", ("Gymnase", "Stade", "Terrain de proximité", "Piscine", "Aire de skate")),
    ("Culture", ("Médiathèque", "Conservatoire", "Salle de spectacle", "Maison de quartier")),
    ("Social et santé", ("Centre social", "Centre de santé", "Espace France services")),
    ("Environnement", ("Square", "Aire de jeux", "Jardin partagé", "Point d'apport volontaire", "Fontaine à eau")),
    ("Mobilité", ("Station de vélos", "Borne de recharge", "Parking relais", "Abri vélos")),
)


def of(name: str) -> str:
    """« de Nanterre », « d'Antony », « du Plessis-Robinson », « de La Garenne-Colombes »."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    return f"d'{name}" if name[0] in "AEIOUÉÈÎ" else f"de {name}"
