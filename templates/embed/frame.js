// Tells the page around the embed how tall it is. Nothing else leaves this frame.
(() => {
  "use strict";
  if (window.parent === window) return;
  const slug = document.documentElement.dataset.case;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ clinicmedia: slug, height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
})();
