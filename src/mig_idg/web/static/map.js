// A map of one collection: our own vector tiles, or the features of the page; the communes behind, when they may be seen.
// Nothing is fetched from anywhere else.
import * as maplibre from "./vendor/maplibre-gl.mjs";

const place = document.querySelector("[data-map]");
const drawing = JSON.parse(place.dataset.map);
const absolute = (path) => (path.startsWith("http") ? path : location.origin + path);
const BLUE = "#000091";

maplibre.setWorkerUrl(new URL("./vendor/maplibre-gl-worker.mjs", import.meta.url).href);
place.classList.add("ready");

const map = new maplibre.Map({
  container: place,
  style: { version: 8, sources: {}, layers: [{ id: "paper", type: "background", paint: { "background-color": "#e8edf2" } }] },
  bounds: drawing.bbox,
  fitBoundsOptions: { padding: 24 },
  maxZoom: 20,
  attributionControl: { compact: false, customAttribution: drawing.attribution },
  cooperativeGestures: false,
  locale: drawing.locale,
});
map.addControl(new maplibre.NavigationControl({ showCompass: false }));
map.addControl(new maplibre.ScaleControl(), "top-left");

const tiled = (path) => ({ type: "vector", tiles: [absolute(path)], minzoom: 0, maxzoom: 18 });

map.on("load", async () => {
  if (drawing.background) {
    map.addSource("ground", tiled(drawing.background.tiles));
    const layer = { source: "ground", "source-layer": drawing.background.layer };
    map.addLayer({ ...layer, id: "ground", type: "fill", filter: polygons, paint: { "fill-color": "#fff", "fill-outline-color": "#b4b4c2" } });
    map.addLayer({ ...layer, id: "ground-edge", type: "line", paint: { "line-color": "#b4b4c2", "line-width": 1 } });
  }
  if (drawing.raster) {
    map.addSource("own", { type: "raster", tiles: [absolute(drawing.raster)], tileSize: 256 });
    map.addLayer({ id: "own", source: "own", type: "raster" });
    const answer = await fetch(absolute(drawing.about));
    const { bounds } = answer.ok ? await answer.json() : {};
    if (bounds) map.fitBounds(bounds, { padding: 24, animate: false });
  } else if (drawing.tiles) {
    map.addSource("own", tiled(drawing.tiles));
    draw({ source: "own", "source-layer": drawing.layer });
    tellThinned({ "source-layer": drawing.layer });
  } else if (drawing.items) {
    const answer = await fetch(absolute(drawing.items), { headers: { accept: "application/geo+json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    map.addSource("own", { type: "geojson", data: found });
    draw({ source: "own" });
    const box = extent(found);
    // One point alone is shown with its surroundings: there is no street plan behind it.
    const alone = box && box[0] === box[2] && box[1] === box[3];
    if (box) map.fitBounds(box, { padding: 48, maxZoom: alone ? 13.5 : 17, animate: false });
  }
  place.dataset.drawn = "true";
});

const polygons = ["==", ["geometry-type"], "Polygon"];

function draw(from) {
  map.addLayer({ ...from, id: "areas", type: "fill", filter: polygons, paint: { "fill-color": BLUE, "fill-opacity": 0.15 } });
  map.addLayer({
    ...from,
    id: "lines",
    type: "line",
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": BLUE, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.6, 16, 2] },
  });
  map.addLayer({
    ...from,
    id: "points",
    type: "circle",
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-color": BLUE,
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 12, 3, 14, 4.5, 18, 8],
      "circle-stroke-color": "#fff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 12, 0, 16, 1.2],
    },
  });
  for (const layer of ["points", "lines", "areas"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", (event) => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["points", "lines", "areas"] });
    if (feature) new maplibre.Popup({ maxWidth: "24rem", className: "card" }).setLngLat(event.lngLat).setDOMContent(card(feature)).addTo(map);
  });
}

// What a feature says, as people read it: labels, dates, yes and no; what is empty is left out.
function card(feature) {
  const box = document.createElement("div");
  const { [drawing.counts]: count, ...properties } = feature.properties;
  if (count > 1) box.append(paragraph(drawing.words.standsFor.replace("{n}", number(count))));
  const list = document.createElement("dl");
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === "") continue;
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = drawing.labels?.[name] ?? name.replaceAll("_", " ");
    description.textContent = drawing.codes?.[name]?.[value] ?? shown(value);
    list.append(term, description);
  }
  box.append(list);
  return box;
}

const language = document.documentElement.lang || "fr";
const number = (value) => value.toLocaleString(language);

function shown(value) {
  if (typeof value === "boolean") return value ? drawing.words.yes : drawing.words.no;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : number(value);
  if (typeof value === "object") return Object.values(value).map(shown).join(", ");
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return day(text, { timeZone: "UTC" });
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return day(text, { hour: "2-digit", minute: "2-digit" });
  return text;
}

function day(text, more) {
  const date = new Date(text);
  const words = { day: "numeric", month: "long", year: "numeric", ...more };
  return Number.isNaN(date.getTime()) ? text : new Intl.DateTimeFormat(language, words).format(date);
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

// Tiles that are too crowded show one feature for many: the map says so for as long as one of them is on it.
function tellThinned(from) {
  const note = paragraph(drawing.words.thinned);
  note.className = "maplibregl-ctrl map-thinned";
  note.setAttribute("role", "status");
  note.hidden = true;
  map.addControl({ onAdd: () => note, onRemove: () => note.remove() }, "bottom-left");
  map.on("idle", () => {
    const [one] = map.querySourceFeatures("own", { sourceLayer: from["source-layer"], filter: [">", ["to-number", ["get", drawing.counts], 0], 1] });
    note.hidden = one === undefined;
  });
}

function extent(found) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part.forEach(visit);
  };
  const shapes = (found.features ?? [found]).map((one) => one.geometry).filter(Boolean);
  for (const shape of shapes.flatMap((one) => one.geometries ?? [one])) visit(shape.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
