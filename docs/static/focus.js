// A part that scrolls sideways can be reached, and then scrolled, by the keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("pre, .table-wrapper, .output, .formula")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
});
