// Makes the comparisons of a page usable: a slider over two photos, one button for two films.
// Loaded in the head, so that the slider's shape stands from the first paint on and nothing
// moves. Without this script both sides stand beside each other, labelled.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  function slider(box) {
    const handle = box.querySelector("[role=slider]");
    let at = 50;

    function show(percent) {
      at = Math.min(100, Math.max(0, percent));
      const whole = Math.round(at);
      box.style.setProperty("--at", `${at}%`);
      handle.setAttribute("aria-valuenow", whole);
      const words = handle.dataset.text.replace("##", 100 - whole).replace("#", whole);
      handle.setAttribute("aria-valuetext", words);
    }

    function follow(event) {
      const frame = handle.getBoundingClientRect();
      show(((event.clientX - frame.left) / frame.width) * 100);
    }

    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      follow(event);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) follow(event);
    });
    handle.addEventListener("keydown", (event) => {
      const next = {
        ArrowLeft: at - 2,
        ArrowDown: at - 2,
        ArrowRight: at + 2,
        ArrowUp: at + 2,
        PageDown: at - 10,
        PageUp: at + 10,
        Home: 0,
        End: 100,
      }[event.key];
      if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      show(next);
    });
  }

  function together(box) {
    const films = [...box.querySelectorAll("video")];
    const button = box.querySelector("button");
    const words = { play: button.textContent, pause: button.dataset.pause };
    const playing = () => films.some((film) => !film.paused && !film.ended);

    button.addEventListener("click", () => {
      if (playing()) {
        films.forEach((film) => film.pause());
        return;
      }
      const start = films.some((film) => film.ended) ? 0 : Math.min(...films.map((f) => f.currentTime));
      films.forEach((film) => {
        film.currentTime = start;
        film.play().catch(() => {});
      });
    });
    for (const film of films) {
      for (const name of ["play", "pause", "ended"]) {
        film.addEventListener(name, () => {
          button.textContent = playing() ? words.pause : words.play;
        });
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-slider]").forEach(slider);
    document.querySelectorAll("[data-both]").forEach(together);
  });
})();
