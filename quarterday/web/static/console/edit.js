// The editors: a mail in a frame as it is typed, and steps that are dragged along a line of time.
"use strict";

(function () {
  const form = document.getElementById("e-form");
  if (!form) return;

  // The frame is filled by a form, since its page brings a policy of its own.
  const look = form.dataset.look;
  if (look) {
    let waiting = 0;
    const fill = () => {
      const before = [form.action, form.target];
      form.action = look;
      form.target = "e-look";
      HTMLFormElement.prototype.submit.call(form);
      [form.action, form.target] = [location.pathname, ""];
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(fill, 700);
    });
    fill();
  }

  const track = document.querySelector("[data-track]");
  if (!track) return;
  const rows = () =>
    [...form.querySelectorAll("[data-step]")].map((row) => ({
      row,
      input: row.querySelector("[data-offset]"),
      action: row.querySelector("select[name$=action]"),
      unit: row.querySelector("select[name$=unit]"),
    })).filter((one) => one.action.value && one.input.value !== "");
  const range = () => {
    const days = rows().map((one) => Number(one.input.value));
    return [Math.min(-7, ...days) - 2, Math.max(7, ...days) + 2];
  };
  // The colours of the line of a policy: `timeline.py` says the same.
  const LOOKS = {
    invoice: "word", send: "word", warn: "word", restrict: "bad", suspend: "bad",
    terminate: "bad", collections: "bad", write_off: "bad",
  };
  const [WIDE, HIGH] = [40, 38];
  let [low, high] = range();
  let dragged = false;
  const place = (day) => ((day - low) * 100) / (high - low);
  const tell = (one, day) => {
    one.input.value = day;
    one.input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const handles = new Map();
  // What the step in hand does and when, in words: for fingers and keys, which see no title.
  const said = document.querySelector("[data-said]");
  const usual = said.textContent;
  const when = (one) => {
    const day = Number(one.input.value);
    if (day === 0) return "on the due date";
    const days = one.unit.value === "business_days" ? "working day" : "day";
    return Math.abs(day) + " " + days + (Math.abs(day) === 1 ? " " : "s ")
      + (day < 0 ? "before" : "after") + " the due date";
  };
  const say = (one) => {
    said.textContent = one ? one.action.selectedOptions[0].textContent + ", " + when(one) : usual;
    said.classList.toggle("quiet", !one);
  };
  const put = (handle, one) => {
    const day = Number(one.input.value);
    const words = one.action.selectedOptions[0].textContent;
    handle.style.left = place(day) + "%";
    handle.setAttribute("aria-valuenow", day);
    handle.setAttribute("aria-valuemin", low);
    handle.setAttribute("aria-valuemax", high);
    handle.setAttribute("aria-label", words);
    handle.setAttribute("aria-valuetext", when(one));
    handle.classList.remove("e-word", "e-bad", "e-deed");
    handle.classList.add("e-handle", "e-" + (LOOKS[one.action.value] || "deed"));
    handle.title = words + ", " + when(one);
    handle.textContent = day;
  };
  const make = (one) => {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.setAttribute("role", "slider");
    handle.addEventListener("keydown", (event) => {
      const by = {
        ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7,
      }[event.key];
      if (!by) return;
      event.preventDefault();
      tell(one, Number(one.input.value) + by);
      say(one);
    });
    handle.addEventListener("focus", () => say(one));
    handle.addEventListener("blur", () => say(null));
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      dragged = true;
      say(one);
      handle.classList.add("e-dragged");
      const box = track.getBoundingClientRect();
      // Where it was taken hold of stays under the pointer.
      const held = event.clientX - box.left - (place(Number(one.input.value)) * box.width) / 100;
      const move = (moved) => {
        const share = Math.min(1, Math.max(0, (moved.clientX - held - box.left) / box.width));
        const day = Math.round(low + share * (high - low));
        if (day !== Number(one.input.value)) {
          tell(one, day);
          say(one);
        }
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("lostpointercapture", () => {
        handle.removeEventListener("pointermove", move);
        dragged = false;
        handle.classList.remove("e-dragged");
        draw();
      }, { once: true });
    });
    return handle;
  };
  const due = document.createElement("span");
  due.className = "e-today";
  due.textContent = "due";
  track.append(due);
  // Steps of near days stand above each other, so that each can be read and taken.
  const stack = () => {
    const ends = [];
    const wide = track.clientWidth;
    const sorted = [...handles].map(([row, handle]) => {
      const day = Number(row.querySelector("[data-offset]").value);
      return [(place(day) * wide) / 100, handle];
    }).sort((one, other) => one[0] - other[0]);
    for (const [x, handle] of sorted) {
      let lane = ends.findIndex((end) => end <= x - WIDE / 2);
      if (lane < 0) lane = ends.length;
      ends[lane] = x + WIDE / 2;
      handle.style.bottom = 8 + lane * HIGH + "px";
      handle.style.setProperty("--drop", 8 + lane * HIGH + "px");
    }
    const tall = 14 + Math.max(1, ends.length) * HIGH + "px";
    track.style.height = tall;
    track.style.setProperty("--tall", tall);
  };
  const draw = () => {
    // While a step is dragged the line stands still under it.
    if (!dragged) [low, high] = range();
    due.style.left = place(0) + "%";
    const there = rows();
    for (const [row, handle] of handles) {
      if (!there.some((one) => one.row === row)) {
        handle.remove();
        handles.delete(row);
      }
    }
    for (const one of there) {
      if (!handles.has(one.row)) {
        const handle = make(one);
        handles.set(one.row, handle);
        track.append(handle);
      }
      put(handles.get(one.row), one);
    }
    if (!dragged) stack();
  };
  window.addEventListener("resize", draw);
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  draw();
})();
