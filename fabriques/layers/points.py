"""The lines of a layer as the points of its map: GeoJSON whose properties are words, ready to be shown."""

from fabriques.map_documents import point

PAGE_SIZE = 50


def features_of(layer, found, page_path, *, tells_pressing):
    """One feature per line, in the order of the list; `page_path` gives the address of a page of it by its number."""
    features = []
    for rank, line in enumerate(found.lines):
        kind = layer.words_of(line, tells_pressing=tells_pressing)
        features.append(_feature(found, line, kind, page_path(rank // PAGE_SIZE + 1)))
    return {"type": "FeatureCollection", "features": features}


def _feature(found, line, kind, page):
    name = line.title if line.spot.name == line.title else f"{line.title}, {line.spot.name}"
    told = [[line.title, line.path]]
    told += [[f"{column.heading} : {words}", ""] for column, words in found.cells_of(line) if words != "–"]
    return {
        "type": "Feature",
        "id": line.key,
        "geometry": point(line.spot.latitude, line.spot.longitude),
        "properties": {
            "nom": f"{name} : {kind}",
            "lignes": told,
            "pressant": line.is_pressing,
            "liste": f"{page}#lieu-{line.key}",
        },
    }
