// Places a site on our own map: a click, or the centre of the map by a button, writes the two coordinates of the form.
// Typed coordinates move the point. Without this script the two fields are typed. Leaflet (window.L) is loaded before.
const { L } = window;
const FRANCE = [[41.3, -5.3], [51.2, 9.7]];
const canvas = document.querySelector("[data-gen-point]");
const said = document.querySelector("[data-gen-point-said]");
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

function typedPoint(fields) {
  const [latitude, longitude] = fields.map((field) => Number.parseFloat(field.value.replace(",", ".").replace("−", "-")));
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? L.latLng(latitude, longitude) : null;
}

async function drawOutlines(map) {
  const answer = await fetch(canvas.dataset.genOutlines);
  if (answer.ok) {
    const style = { className: "gen-outline", weight: 1, fillOpacity: 1 };
    L.geoJSON(await answer.json(), { interactive: false, style }).addTo(map);
  }
}

function makeMap() {
  const map = L.map(canvas, { minZoom: 2, maxZoom: 13, scrollWheelZoom: false, zoomControl: false, zoomAnimation: !isStill });
  L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution("Contours : IGN, Admin Express, Licence Ouverte 2.0");
  canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  canvas.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  return map;
}

function start() {
  const form = canvas.closest("form");
  const fields = [form.elements.latitude, form.elements.longitude];
  const map = makeMap();
  const icon = L.divIcon({ className: "gen-marker", iconSize: [24, 24] });
  const marker = L.marker([0, 0], { icon, draggable: true, autoPan: true, keyboard: false, title: "Le site" });
  const show = (point) => (point ? marker.setLatLng(point).addTo(map) : marker.remove());
  const write = (point) => {
    fields[0].value = point.lat.toFixed(5).replace(".", ",");
    fields[1].value = point.wrap().lng.toFixed(5).replace(".", ",");
    show(point);
    said.textContent = `Point placé : latitude ${fields[0].value}, longitude ${fields[1].value}.`;
  };
  const around = canvas.dataset.genAround?.split(" ").map(Number);
  const known = typedPoint(fields);
  if (known ?? around) {
    map.setView(known ?? around, 10);
  } else {
    map.fitBounds(FRANCE);
  }
  show(known);
  drawOutlines(map);
  map.on("click", (event) => write(event.latlng));
  marker.on("dragend", () => write(marker.getLatLng()));
  fields.forEach((field) => field.addEventListener("change", () => {
    const point = typedPoint(fields);
    show(point);
    if (point) {
      map.panTo(point);
    }
  }));
  document.querySelector("[data-gen-point-centre]").addEventListener("click", () => write(map.getCenter()));
  document.querySelector("[data-gen-point-clear]").addEventListener("click", () => {
    fields.forEach((field) => {
      field.value = "";
    });
    show(null);
    said.textContent = "Sans point : le site est placé au centre de sa commune.";
  });
}

if (canvas) {
  start();
}
