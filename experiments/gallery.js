"use strict";
const COLOURS = ["#2f6fb4", "#d9680f", "#3a8f4d", "#9b4fb0", "#b53a3a", "#6b6b6b"];
const WIDTH = 600, HEIGHT = 300, LEFT = 55, RIGHT = 10, TOP = 8, BOTTOM = 25;

function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

// About five round numbers between low and high.
function ticks(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(+value.toPrecision(10));
  return found;
}

function extent(values) {
  const low = Math.min(...values), high = Math.max(...values), margin = (high - low) * 0.04 || 0.5;
  return [low - margin, high + margin];
}

function plot(figure) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const names = Object.keys(data.y);
  const all = { x: extent(data.x), y: extent(names.flatMap((name) => data.y[name].filter((v) => v !== null))) };
  const view = { x: [...all.x], y: [...all.y] };
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", fill: "currentColor", "font-size": 13 });
  const legend = document.createElement("div");
  names.forEach((name, i) => {
    const label = document.createElement("span");
    label.textContent = name;
    label.style.color = COLOURS[i % COLOURS.length];
    legend.append(label, " ");
  });
  figure.prepend(legend, svg);
  const across = (v) => LEFT + ((v - view.x[0]) / (view.x[1] - view.x[0])) * (WIDTH - LEFT - RIGHT);
  const down = (v) => TOP + ((view.y[1] - v) / (view.y[1] - view.y[0])) * (HEIGHT - TOP - BOTTOM);

  function draw() {
    svg.replaceChildren();
    const inside = element("svg", { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM,
      viewBox: `${LEFT} ${TOP} ${WIDTH - LEFT - RIGHT} ${HEIGHT - TOP - BOTTOM}` });
    for (const value of ticks(...view.x)) {
      inside.append(element("line", { x1: across(value), x2: across(value), y1: 0, y2: HEIGHT, stroke: "#8884" }));
      svg.append(element("text", { x: across(value), y: HEIGHT - 8, "text-anchor": "middle" }, value));
    }
    for (const value of ticks(...view.y)) {
      inside.append(element("line", { x1: 0, x2: WIDTH, y1: down(value), y2: down(value), stroke: "#8884" }));
      svg.append(element("text", { x: LEFT - 5, y: down(value) + 4, "text-anchor": "end" }, value));
    }
    names.forEach((name, i) => {
      let path = "", pen = "M";
      data.y[name].forEach((value, j) => {
        if (value === null) { pen = "M"; return; }
        path += `${pen}${across(data.x[j])} ${down(value)}`;
        pen = "L";
      });
      inside.append(element("path", { d: path, fill: "none", stroke: COLOURS[i % COLOURS.length], "stroke-width": 2 }));
    });
    svg.append(inside);
  }

  // Everything is a move of the points under the pointers: one moves the picture, two also stretch it.
  const pointers = new Map();
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  };
  function zoom(axis, centre, factor) {
    view[axis] = view[axis].map((edge) => centre + (edge - centre) * factor);
  }
  const valueX = (px) => view.x[0] + ((px - LEFT) / (WIDTH - LEFT - RIGHT)) * (view.x[1] - view.x[0]);
  const valueY = (py) => view.y[1] - ((py - TOP) / (HEIGHT - TOP - BOTTOM)) * (view.y[1] - view.y[0]);
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [px, py] = place(event), factor = event.deltaY > 0 ? 1.2 : 1 / 1.2;
    const centre = [valueX(px), valueY(py)];
    zoom("x", centre[0], factor);
    zoom("y", centre[1], factor);
    draw();
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const old = pointers.get(event.pointerId), now = place(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId);
    if (other) {
      const distance = (p) => Math.hypot(p[0] - other[1][0], p[1] - other[1][1]) || 1;
      const factor = distance(old) / distance(now), centre = [valueX(other[1][0]), valueY(other[1][1])];
      zoom("x", centre[0], factor);
      zoom("y", centre[1], factor);
    } else {
      const dx = valueX(old[0]) - valueX(now[0]), dy = valueY(old[1]) - valueY(now[1]);
      view.x = view.x.map((v) => v + dx);
      view.y = view.y.map((v) => v + dy);
    }
    pointers.set(event.pointerId, now);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => pointers.delete(event.pointerId));
  svg.addEventListener("dblclick", () => { view.x = [...all.x]; view.y = [...all.y]; draw(); });
  draw();
}

document.querySelectorAll(".curve").forEach(plot);
document.querySelectorAll(".pictures img").forEach((img) => {
  img.addEventListener("click", () => img.classList.toggle("whole"));
});
