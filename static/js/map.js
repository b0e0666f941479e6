// The map of a list, the registry's or a layer of the staff's: its rows as points, over our own outlines. Nothing is asked
// of another site.
// Leaflet (window.L) is loaded before by classic scripts. Texts enter the page as text, never as HTML.
const { L } = window;

// Each territory with the frame to show; where we have no outline, the frame is only where its places are looked for.
const TERRITORIES = [
  { name: "Métropole", frame: [[41.3, -5.3], [51.2, 9.7]] },
  { name: "Guadeloupe", frame: [[15.8, -61.9], [16.6, -60.9]] },
  { name: "Martinique", frame: [[14.3, -61.3], [15, -60.7]] },
  { name: "Guyane", frame: [[2.1, -54.7], [5.9, -51.5]] },
  { name: "La Réunion", frame: [[-21.5, 55.1], [-20.8, 55.9]] },
  { name: "Mayotte", frame: [[-13.1, 44.9], [-12.5, 45.4]] },
  { name: "Saint-Pierre-et-Miquelon", frame: [[46.6, -56.6], [47.2, -56]], tight: true },
  { name: "Saint-Martin", frame: [[18.03, -63.2], [18.2, -62.95]], tight: true },
  { name: "Saint-Barthélemy", frame: [[17.8, -62.95], [18.02, -62.7]], tight: true },
  { name: "Polynésie française", frame: [[-28, -155], [-7, -134]], tight: true },
  { name: "Nouvelle-Calédonie", frame: [[-23, 163], [-19, 169]], tight: true },
  { name: "Wallis-et-Futuna", frame: [[-15, -179], [-13, -175]], tight: true },
];
const SOURCES = "Contours : IGN, Admin Express, Licence Ouverte 2.0. Repères au centre des communes.";
const FAILURE = "La carte n'a pas pu être chargée. La liste dit la même chose ; rechargez la page pour réessayer.";
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
// What the points are, one and several: places, unless the list says otherwise.
const [ONE, MANY] = (document.querySelector("[data-gen-map]")?.dataset.genNouns ?? "lieu|lieux").split("|");
const places = (count) => `${count.toLocaleString("fr-FR")} ${count > 1 ? MANY : ONE}`;

function element(name, text, attributes = {}) {
  const created = document.createElement(name);
  created.textContent = text;
  Object.entries(attributes).forEach(([key, value]) => created.setAttribute(key, value));
  return created;
}

function drawMap(canvas) {
  const map = L.map(canvas, {
    zoomControl: false,
    minZoom: 2,
    maxZoom: 10,
    zoomSnap: 0.5,
    scrollWheelZoom: false,
    worldCopyJump: true,
    zoomAnimation: !isStill,
    fadeAnimation: !isStill,
    markerZoomAnimation: !isStill,
    inertia: !isStill,
  });
  L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution(SOURCES);
  // The wheel scrolls the page until somebody has chosen the map.
  canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  canvas.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  return map;
}

function drawOutlines(map, outlines) {
  L.geoJSON(outlines, { interactive: false, style: { className: "gen-outline", weight: 1, fillOpacity: 1 } }).addTo(map);
}

// A cluster says how many places it holds; Enter and Space open it as a click does.
function makeClusters(map, { genRadius }) {
  const clusters = L.markerClusterGroup({
    showCoverageOnHover: false,
    animate: false,
    maxClusterRadius: Number(genRadius ?? 44),
    iconCreateFunction: (cluster) => {
      const count = cluster.getChildCount();
      const label = element("span", count.toLocaleString("fr-FR"));
      label.append(element("span", ` ${MANY}, agrandir la carte ici`, { class: "fr-sr-only" }));
      const size = count < 10 ? 32 : count < 100 ? 40 : 48;
      return L.divIcon({ html: label, className: "gen-cluster", iconSize: [size, size] });
    },
  });
  clusters.on("clusterkeypress", (event) => {
    if (["Enter", " "].includes(event.originalEvent.key)) {
      event.originalEvent.preventDefault();
      event.layer.fire("click", { originalEvent: event.originalEvent }, true);
    }
  });
  return clusters.addTo(map);
}

// The columns of the whole map (decision 0082) as the features they stand for.
function featuresOf(columns, { genPlace }) {
  const [families, names] = [columns.familles, columns.structures];
  const [[towns, longitudes, latitudes], [holders, titles, kinds]] = [columns.communes, columns.labels];
  const [steps, labels, communes] = columns.lieux;
  let id = 0;
  return steps.map((step, rank) => {
    id += step;
    const [label, commune] = [labels[rank], communes[rank]];
    const point = [longitudes[commune], latitudes[commune]];
    const page = genPlace.replace(/0\/$/, `${id}/`);
    return {
      id,
      geometry: point[0] === null ? null : { type: "Point", coordinates: point },
      properties: {
        structure: names[holders[label]],
        formation: columns.intitules[titles[label]],
        famille: families[kinds[label]],
        ville: towns[commune],
        fabrique: `${page}?vers=fabrique`,
        label: page,
      },
    };
  });
}

// Without filters the whole map is kept by the browser under its version; otherwise, or if it is gone, one asks anew.
async function loadFeatures({ dataset }) {
  if (dataset.genColumns) {
    try {
      return featuresOf(await load(dataset.genColumns), dataset);
    } catch (error) {
      console.warn(error);
    }
  }
  return (await load(dataset.genMap + location.search)).features;
}

// Inside another site's frame, the pages of the portal open beside it.
const aside = document.querySelector("[data-gen-aside]") ? { target: "_blank", rel: "noopener" } : {};

// What a point tells: [text, address or nothing] line by line. A layer of the staff map brings its own.
function linesOf({ lignes, structure, formation, famille, ville, fabrique, label }) {
  return lignes ?? [[formation, label], [structure, fabrique], [`${ville} – ${famille}`, ""]];
}

function popupOf(feature) {
  const content = element("div", "", { tabindex: "-1" });
  const line = (child) => content.appendChild(element("p", "")).append(child);
  linesOf(feature.properties).forEach(([text, href]) => line(href ? element("a", text, { href, ...aside }) : text));
  const isHere = document.getElementById(`lieu-${feature.id}`);
  const row = isHere ? `#lieu-${feature.id}` : feature.properties.liste;
  if (row) {
    line(element("a", "Voir dans la liste", { href: row }));
  }
  return content;
}

function makeMarker(feature) {
  const { formation, structure, ville, nom, pressant } = feature.properties;
  const [longitude, latitude] = feature.geometry.coordinates;
  const marker = L.marker([latitude, longitude], {
    icon: L.divIcon({ className: pressant ? "gen-marker gen-marker--pressing" : "gen-marker", iconSize: [24, 24] }),
    title: nom ?? `${formation}, ${structure}, ${ville}`,
  });
  marker.bindPopup(() => popupOf(feature), { maxWidth: 280, autoPanPadding: [16, 16] });
  marker.on("keypress", (event) => {
    if (event.originalEvent.key === " ") {
      event.originalEvent.preventDefault();
      marker.openPopup();
    }
  });
  return marker;
}

// The reader goes into the popup when it opens, closes it with Escape, and is back on the marker.
function followFocus(map, canvas) {
  map.on("popupopen", ({ popup }) => {
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", "Fermer");
    close.setAttribute("title", "Fermer");
    popup.getElement().querySelector("[tabindex='-1']").focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    const here = document.activeElement;
    if (here === document.body || popup.getElement()?.contains(here)) {
      (popup._source?.getElement() ?? canvas).focus({ preventScroll: true });
    }
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      map.closePopup();
    }
  });
}

function showFrame(map, territory, points) {
  const frame = territory.tight && points.length ? L.latLngBounds(points).pad(0.3) : L.latLngBounds(territory.frame);
  map.fitBounds(frame, { maxZoom: 9, animate: !isStill });
}

// The territories that hold a point, each with its points.
function inhabited(points) {
  return TERRITORIES.map((territory) => {
    const frame = L.latLngBounds(territory.frame);
    return { territory, own: points.filter((point) => frame.contains(point)) };
  }).filter(({ own }) => own.length);
}

function offerTerritories(map, groups, status) {
  const list = document.querySelector("[data-gen-map-territories]");
  groups.forEach(({ territory, own }) => {
    const button = element("button", `${territory.name} (${own.length})`, { type: "button", class: "fr-tag" });
    button.addEventListener("click", () => {
      showFrame(map, territory, own);
      status.textContent = `Carte cadrée sur ${territory.name} : ${places(own.length)}.`;
    });
    list.appendChild(document.createElement("li")).append(button);
  });
}

// Places of one commune share a point: the cluster that hides the marker is opened around it.
function reveal(clusters, marker) {
  const shown = clusters.getVisibleParent(marker);
  if (shown && shown !== marker) {
    clusters.once("spiderfied", () => marker.openPopup());
    shown.spiderfy();
  } else {
    marker.openPopup();
  }
}

function answerRows(map, canvas, clusters, markers) {
  document.querySelectorAll("[data-gen-show]").forEach((button) => {
    const marker = markers.get(button.dataset.genShow);
    button.hidden = !marker;
    button.addEventListener("click", () => {
      canvas.scrollIntoView({ behavior: isStill ? "auto" : "smooth", block: "center" });
      map.closePopup();
      map.setView(marker.getLatLng(), map.getMaxZoom(), { animate: false });
      setTimeout(reveal, 0, clusters, marker);
    });
  });
}

// On paper the map is as wide as the sheet, and shows what it showed on the screen.
function followPaper(map, canvas) {
  const resize = (isPaper) => {
    const bounds = map.getBounds();
    canvas.classList.toggle("gen-map__canvas--paper", isPaper);
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false });
  };
  addEventListener("beforeprint", () => resize(true));
  addEventListener("afterprint", () => resize(false));
}

// A search that stays in one territory is seen from near; otherwise one starts with the first territory.
function firstView(map, groups, points) {
  const isFiltered = [...new URLSearchParams(location.search)].some(([name, value]) => value && !["tri", "page", "couche"].includes(name));
  if (isFiltered && groups.length === 1) {
    map.fitBounds(L.latLngBounds(points).pad(0.1), { maxZoom: 9, animate: false });
  } else {
    map.fitBounds(L.latLngBounds((groups[0]?.territory ?? TERRITORIES[0]).frame), { animate: false });
  }
}

async function load(url) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url} : ${response.status}`);
  }
  return response.json();
}

async function start(canvas) {
  const status = document.querySelector("[data-gen-map-status]");
  try {
    const [outlines, features] = await Promise.all([load(canvas.dataset.genOutlines), loadFeatures(canvas)]);
    const placed = features.filter((feature) => feature.geometry);
    const markers = new Map(placed.map((feature) => [String(feature.id), makeMarker(feature)]));
    const points = [...markers.values()].map((marker) => marker.getLatLng());
    const groups = inhabited(points);
    const map = drawMap(canvas);
    firstView(map, groups, points);
    drawOutlines(map, outlines);
    const clusters = makeClusters(map, canvas.dataset).addLayers([...markers.values()]);
    followFocus(map, canvas);
    followPaper(map, canvas);
    offerTerritories(map, groups, status);
    answerRows(map, canvas, clusters, markers);
    const missing = features.length - placed.length;
    status.textContent = missing ? `${places(missing)} de position inconnue : dans la liste seulement.` : "";
  } catch (error) {
    canvas.hidden = true;
    status.textContent = FAILURE;
    console.warn(error);
  }
}

document.querySelectorAll("[data-gen-map]").forEach(start);
