// What scrolls sideways can be reached by the keyboard.
document$.subscribe(() =>
  document.querySelectorAll(".md-typeset__scrollwrap").forEach((box) => {
    box.tabIndex = 0;
  }),
);
