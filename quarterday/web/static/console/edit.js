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
    })).filter((one) => one.action.value && one.input.value !== "");
  const range = () => {
    const days = rows().map((one) => Number(one.input.value));
    return [Math.min(-7, ...days) - 2, Math.max(7, ...days) + 2];
  };
  let [low, high] = range();
  const place = (day) => ((day - low) * 100) / (high - low);
  const tell = (one, day) => {
    one.input.value = day;
    one.input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const handles = new Map();
  const put = (handle, one) => {
    const day = Number(one.input.value);
    const words = one.action.selectedOptions[0].textContent;
    handle.style.left = place(day) + "%";
    handle.setAttribute("aria-valuenow", day);
    handle.setAttribute("aria-valuemin", low);
    handle.setAttribute("aria-valuemax", high);
    handle.setAttribute("aria-label", words);
    handle.setAttribute("aria-valuetext", day + " days");
    handle.title = words + ", " + day;
    handle.textContent = day;
  };
  const make = (one) => {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "e-handle";
    handle.setAttribute("role", "slider");
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      tell(one, Number(one.input.value) + by);
    });
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      const box = track.getBoundingClientRect();
      const move = (moved) => {
        const share = Math.min(1, Math.max(0, (moved.clientX - box.left) / box.width));
        const day = Math.round(low + share * (high - low));
        if (day !== Number(one.input.value)) tell(one, day);
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("pointerup", () => {
        handle.removeEventListener("pointermove", move);
        [low, high] = range();
        draw();
      }, { once: true });
    });
    return handle;
  };
  const due = document.createElement("span");
  due.className = "e-today";
  due.textContent = "due";
  track.append(due);
  const draw = () => {
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
  };
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  draw();
})();
