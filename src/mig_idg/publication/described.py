"""What each key of a declaration is for, in French and English: what an editor shows while one types.

One table for the schema of editors (`collections/schema.json`); a key that is not in it fails the tests.
"""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Text

_KEYS: dict[str, dict[str, Text]] = {
    "Declaration": {
        "id": Text(
            "Nom court de la donnée : il est dans toutes les adresses et ne change plus.",
            "Short name of the dataset: it is in every address and no longer changes.",
        ),
        "title": Text("Titre, tel que les gens le lisent.", "Title, as people read it."),
        "description": Text(
            "Ce que la donnée contient, pour qui ne la connaît pas.",
            "What the dataset holds, for who does not know it.",
        ),
        "kind": Text(
            "mutualised : elle a un propriétaire ; coproduced : le partenariat la fait ensemble (charte § 3).",
            "mutualised: it has an owner; coproduced: the partnership makes it together (charter § 3).",
        ),
        "owner": Text(
            "Donnée mutualisée : code du partenaire propriétaire (INSEE, SIREN…), entre guillemets.",
            "Mutualised: code of the partner-owner (INSEE, SIREN…), in quotes.",
        ),
        "working_group": Text(
            "Donnée coproduite : organismes qui y travaillent.", "Coproduced: bodies that take part."
        ),
        "credit": Text(
            "Nom à mentionner ; absent = celui du propriétaire.", "The name to mention; absent = the owner's."
        ),
        "theme": Text("Thème, de préférence celui d'INSPIRE.", "Theme, preferably that of INSPIRE."),
        "keywords": Text("Mots clés par lesquels on la cherche.", "Keywords by which it is searched."),
        "topics": Text(
            "Catégories thématiques ISO 19115 ; absentes = celle du thème INSPIRE.",
            "ISO 19115 topic categories; absent = that of the INSPIRE theme.",
        ),
        "lineage": Text(
            "Généalogie : d'où viennent les données, et comment elles ont été faites.",
            "Lineage: where the data come from, and how they were made.",
        ),
        "language": Text(
            "Langue des données (ISO 639-2/B) ; absente = fre, zxx pour une image.",
            "Language of the data (ISO 639-2/B); absent = fre, zxx for a picture.",
        ),
        "created": Text("Date de création des données.", "Date of creation of the data."),
        "resolution": Text("Résolution spatiale, en mètres.", "Spatial resolution, in metres."),
        "inspire_conformant": Text(
            "true : conforme au règlement (UE) n° 1089/2010 ; absent = non.",
            "true: conforms to regulation (EU) No 1089/2010; absent = no.",
        ),
        "external_ids": Text(
            "Identifiants de la donnée dans d'autres catalogues.", "Identifiers of the dataset in other catalogues."
        ),
        "update_frequency": Text(
            "À quel rythme elle est mise à jour (ISO 19115).", "How often it is updated (ISO 19115)."
        ),
        "updated": Text(
            "Date de dernière mise à jour, quand les lignes ne la disent pas.",
            "Date of last update of the data, when not known from the rows.",
        ),
        "scale": Text(
            "Échelles d'emploi, par leurs dénominateurs : [5000, 500].", "Scale of use, denominators: [5000, 500]."
        ),
        "contacts": Text("Qui répond de la donnée.", "Who answers for the data."),
        "source": Text(
            "Où sont les lignes, les pixels ou les points.", "Where the rows, the pixels or the points are."
        ),
        "standard": Text(
            "Format cible, quand il y en a un (BAL, PCRS…).", "Target format, when there is one (BAL, PCRS…)."
        ),
        "territory": Text(
            "Colonne qui dit de quelle commune est une ligne (code INSEE).",
            "The column that says whose territory a row is in (INSEE code).",
        ),
        "attributes": Text("Libellés des colonnes.", "Labels of columns."),
        "codes": Text("Listes de codes des colonnes, avec leurs libellés.", "Code lists of columns, with labels."),
        "metadata": Text(
            "Qui peut savoir que la donnée existe : public, partners ou hidden.",
            "Who may know that the dataset exists: public, partners or hidden.",
        ),
        "terms": Text(
            "Donnée mutualisée : modalités du propriétaire ; absentes = fermée.",
            "Mutualised: the owner's terms; absent = closed.",
        ),
        "exceptions": Text("Exceptions à la mutualisation (charte § 3.3).", "Exceptions to sharing (charter § 3.3)."),
        "takedown": Text(
            "Retirée de la diffusion : au public, ou à tous.",
            "Withdrawn from circulation: from the public, or from everybody.",
        ),
        "licence": Text(
            "Licence ouverte, ou restricted ; absente = selon les modalités.",
            "Open licence, or restricted; absent = as the terms say.",
        ),
        "services": Text(
            "Services offerts : entités, tuiles, cartes, couvertures, STAC, fichiers, mesures (sensorthings).",
            "Services offered: features, tiles, maps, coverages, STAC, files, measurements (sensorthings).",
        ),
        "crs": Text(
            "Systèmes de coordonnées offerts en plus de CRS84 et de celui de stockage.",
            "CRS offered beside CRS84 and the storage CRS.",
        ),
        "extent": Text(
            "Emprise en degrés : ouest, sud, est, nord ; absente = calculée.",
            "West, south, east, north in degrees; absent = computed.",
        ),
        "limits": Text(
            "Tailles de page de cette collection ; absentes = celles du serveur.",
            "Page sizes of this collection; absent = those of the server.",
        ),
        "editing": Text(
            "Écriture en ligne (OGC API Features, partie 4) : par le propriétaire ; en coproduction, ce sont des"
            " propositions.",
            "Online editing (OGC API Features, part 4): by the owner; on a coproduction, what is written is proposed.",
        ),
        "versions": Text("Versions des lignes : chaque remplacement en fait une.", "Versions of the rows."),
    },
    "Versions": {
        "recorded": Text(
            "false : remplacer les lignes ne garde rien des précédentes.",
            "false: replacing the rows keeps nothing of those before.",
        ),
        "keep": Text(
            "Combien des dernières versions « versions prune » laisse ; absent = toutes. Les validées restent.",
            "How many of the last versions `versions prune` leaves; absent = all. Validated ones stay.",
        ),
        "time": Text(
            "`datetime=` lit, entière, la version valable ce jour-là.",
            "`datetime=` reads the version that was valid on that day, whole.",
        ),
    },
    "Words": {
        "fr": Text("En français.", "In French."),
        "en": Text("En anglais.", "In English."),
    },
    "Source": {
        "table": Text("Table du schéma data : data.adresses.", "Table of the schema data: data.adresses."),
        "id": Text("Colonne de l'identifiant : unique, jamais vide.", "Column of the identifier: unique, never null."),
        "geometry": Text(
            "Colonne de la géométrie ; absente = table sans géométrie.",
            "Column of the geometry; absent = a table without geometry.",
        ),
        "crs": Text("Système de coordonnées de stockage.", "CRS of storage."),
        "time": Text("Colonne que filtre datetime=.", "Column that `datetime=` filters."),
        "updated": Text(
            "Colonne qui dit quand chaque ligne a été mise à jour.", "Column that says when each row was last updated."
        ),
        "prepared": Text(
            "Les lecteurs ont une copie faite pour la vitesse ; false = la table elle-même, moins de disque.",
            "Readers have a copy shaped for speed; false = the table itself, less disk.",
        ),
        "raster": Text("Image, par son fichier ou ses millésimes.", "A picture, by its file or its vintages."),
        "points": Text("Nuages de points (LiDAR).", "Point clouds (LiDAR)."),
        "plugin": Text(
            "Données qu'un greffon de pygeoapi lit ailleurs ; servies entières, ou pas du tout.",
            "Data that a plug-in of pygeoapi reads elsewhere; served whole, or not at all.",
        ),
    },
    "Plugin": {
        "type": Text(
            "Ce que le greffon lit : entités (feature), couverture (coverage), valeurs en des lieux (edr).",
            "What the plug-in reads: features (feature), a coverage (coverage), values at places (edr).",
        ),
        "name": Text(
            "Classe du greffon, module.Classe ; ou nom court de pygeoapi : CSV, GeoJSON, SQLiteGPKG…",
            "Class of the plug-in, module.Class; or a short name of pygeoapi: CSV, GeoJSON, SQLiteGPKG…",
        ),
        "data": Text(
            "Où le greffon trouve les données : chemin, adresse ou clés ; jamais de secret.",
            "Where the plug-in finds the data: a path, an address or members; never a secret.",
        ),
        "id_field": Text("Propriété qui identifie une entité.", "The property that identifies a feature."),
        "geometry": Text(
            "Colonnes des coordonnées d'un tableau sans géométrie.",
            "The columns of coordinates of a table without geometry.",
        ),
        "time_field": Text("Propriété que filtre datetime=.", "The property that `datetime=` filters."),
        "options": Text(
            "« options » du greffon, données aussi comme membres de sa définition.",
            "`options` of the plug-in, also given as members of its definition.",
        ),
        "members": Text(
            "Autres membres de la définition du greffon : table, layer, title_field…",
            "Further members of the plug-in's definition: table, layer, title_field…",
        ),
        "seconds": Text("Temps que peut prendre une réponse.", "How long one answer may take."),
        "memory_mb": Text("Mémoire que le greffon peut prendre.", "How much memory the plug-in may take."),
    },
    "PluginGeometry": {
        "x_field": Text("Colonne de la longitude, ou de l'abscisse.", "The column of longitude, or of easting."),
        "y_field": Text("Colonne de la latitude, ou de l'ordonnée.", "The column of latitude, or of northing."),
    },
    "Raster": {
        "cog": Text(
            "Un GeoTIFF optimisé (COG), par son chemin sous IDG_HOME/rasters.",
            "One cloud-optimised GeoTIFF, by its path under IDG_HOME/rasters.",
        ),
        "vintages": Text(
            "Une mosaïque de millésimes, remplie par mig-idg import.",
            "A mosaic of vintages, filled by `mig-idg import`.",
        ),
        "bands": Text(
            "Ce que disent les bandes : couleurs, couleurs et infrarouge, altitude, classes.",
            "What the bands say: colours, colours and infrared, elevation, classes.",
        ),
        "mask_territory": Text(
            "Les pixels hors du territoire de qui demande peuvent être masqués.",
            "Pixels outside the caller's territory may be masked.",
        ),
    },
    "Points": {
        "density": Text(
            "Moins de points au mètre carré qu'une dalle puisse avoir.", "Fewest points a square metre of a tile."
        ),
        "classes": Text("Codes ASPRS permis ; absents = tous.", "ASPRS codes that points may have; absent = any."),
    },
    "Standard": {
        "name": Text("Nom du standard : bal, pcrs…", "Name of the standard: bal, pcrs…"),
        "version": Text('Sa version, entre guillemets : "1.5".', 'Its version, in quotes: "1.5".'),
    },
    "Terms": {
        "mode": Text(
            "À qui : tous les partenaires, des organismes nommés, sur accord, personne.",
            "For whom: all partners, named bodies, on agreement, nobody.",
        ),
        "actions": Text(
            "Ce qui est permis : voir, interroger, télécharger, s'abonner.",
            "What is allowed: view, query, download, subscribe.",
        ),
        "named": Text("Mode named : les organismes.", "Mode named: the bodies."),
        "agreed": Text(
            "Mode on_agreement : les organismes déjà convenus.", "Mode on_agreement: the bodies already agreed."
        ),
        "hidden_attributes": Text("Colonnes que les autres ne voient pas.", "Columns that others do not see."),
        "extends_to_ept_communes": Text(
            "Les communes d'un EPT partenaire y ont accès par lui (charte § 3.6).",
            "The communes of a partner EPT have access through it (charter § 3.6).",
        ),
        "allows_contractors": Text(
            "Un prestataire engagé peut y accéder (charte § 3.5.2).",
            "A contractor under an engagement may have access (charter § 3.5.2).",
        ),
        "rows": Text(
            "own_territory : chaque organisme voit les lignes de son territoire.",
            "own_territory: each body sees the rows of its own territory.",
        ),
        "from": Text("Premier jour de ces modalités.", "First day of these terms."),
        "to": Text("Jour où elles ont cessé.", "The day on which they have ended."),
    },
    "Exception_": {
        "ground": Text("Motif, de E0 à E6 (charte § 3.3).", "Ground, E0 to E6 (charter § 3.3)."),
        "attributes": Text(
            "Colonnes concernées ; absentes = la donnée entière.", "Columns concerned; absent = the whole dataset."
        ),
        "legal": Text("Le texte de loi sur lequel elle repose.", "The legal text it rests on."),
        "author": Text("Qui l'a posée.", "Who laid it down."),
        "review": Text("Jour de son réexamen.", "Day of its review."),
        "evidence": Text("Pièce qui la justifie.", "The document that justifies it."),
        "beneficiaries": Text("E5 : organismes que la licence nomme.", "E5: the bodies that the licence names."),
        "objection_proved": Text("E4 : l'opposition est prouvée.", "E4: the objection is proved."),
        "law_allows": Text("E4 : la loi permet l'opposition.", "E4: the law allows the objection."),
        "from": Text("Premier jour de l'exception.", "First day of the exception."),
        "to": Text("Jour où elle a cessé.", "The day on which it has ended."),
    },
    "Contact": {
        "role": Text("Rôle (ISO 19115).", "Role (ISO 19115)."),
        "name": Text("Nom de la personne ou du service.", "Name of the person or the department."),
        "email": Text("Adresse électronique.", "E-mail address."),
    },
    "Limits": {
        "default": Text("Entités par page, sans limit=.", "Features a page, without `limit=`."),
        "maximum": Text("Le plus qu'on puisse demander par page.", "The most that may be asked for a page."),
    },
    "Editing": {
        "enabled": Text("true : le propriétaire peut écrire en ligne.", "true: the owner may write online."),
        "attributes": Text(
            "Colonnes qu'on peut écrire ; absentes = toutes sauf l'identifiant.",
            "Columns that may be written; absent = all but the id.",
        ),
        "if_match": Text(
            "optional : attributs et suppressions sans If-Match, comme QGIS les envoie.",
            "optional: attributes and deletions without If-Match, as QGIS sends them.",
        ),
    },
}
_OBJECTS: dict[str, Text] = {
    "Declaration": Text(
        "Une donnée : ce qu'elle est, à qui, ce qui est réservé, comment elle est servie.",
        "One dataset: what it is, who owns it, what is reserved, how it is served.",
    ),
    "Words": Text("Un texte en français et en anglais.", "A text in French and English."),
    "Source": Text(
        "Où sont les lignes (table), les pixels (raster) ou les points (LiDAR), ou le greffon qui les lit.",
        "Where the rows (table), the pixels (raster) or the points (LiDAR) are, or the plug-in that reads them.",
    ),
    "Plugin": Text(
        "Des entités qu'un greffon « provider » de pygeoapi lit, pris dans les modules que permet IDG_PLUGIN_MODULES.",
        "Features that a provider plug-in of pygeoapi reads, from the modules that IDG_PLUGIN_MODULES allows.",
    ),
    "PluginGeometry": Text(
        "Les colonnes des coordonnées d'un tableau sans géométrie.",
        "The columns of coordinates of a table without geometry.",
    ),
    "Raster": Text(
        "Une image sur disque ou dans un stockage S3, par son chemin sous IDG_HOME/rasters.",
        "A raster on disk or S3-compatible storage, by path relative to IDG_HOME/rasters.",
    ),
    "Points": Text(
        "Des nuages de points (LiDAR) : dalles LAS, LAZ et COPC, offertes en fichiers.",
        "Point clouds (LiDAR): LAS, LAZ and COPC tiles, offered as files.",
    ),
    "Standard": Text(
        "Le format cible de la charte § 3.2.1 : modèle, format de fichier, coordonnées.",
        "The target format (data model, file format, CRS) of charter § 3.2.1.",
    ),
    "Terms": Text(
        "Modalités d'accès, d'usage et de diffusion du propriétaire ; absentes = fermée.",
        "The owner's conditions of access, use and diffusion; absent = closed.",
    ),
    "Exception_": Text("Une exception à la mutualisation (charte § 3.3).", "An exception to sharing (charter § 3.3)."),
    "Contact": Text("Qui répond de la donnée (ISO 19115).", "Who answers for the data (ISO 19115)."),
    "Limits": Text("Tailles de page de cette collection.", "Page sizes of this collection."),
    "Editing": Text(
        "Écriture en ligne : d'une donnée mutualisée par son propriétaire ; sur une coproduction, des propositions.",
        "Online editing: of a mutualised layer by its owner; on a coproduction, proposals.",
    ),
    "Versions": Text(
        "Les versions d'une couche de lignes : chaque remplacement en fait une.",
        "The versions of the rows: each replacement makes one.",
    ),
}


def describe(schema: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of the model with each object and each key described in both languages, French first."""
    for name, part in (("Declaration", schema), *schema.get("$defs", {}).items()):
        if name in _OBJECTS:
            part["description"] = _both(_OBJECTS[name])
        for key, text in _KEYS.get(name, {}).items():
            part["properties"][key]["description"] = _both(text)
    return schema


def _both(text: Text) -> str:
    return f"{text.fr}\n{text.en}"
