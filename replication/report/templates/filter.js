(() => {
  const form = document.getElementById("filter");
  const claims = [...document.querySelectorAll("#claims-table tbody.claim")];
  const heads = [...document.querySelectorAll("#claims-table tbody.section-head")];
  const apply = () => {
    const { words, network, outcome, flips } = form.elements;
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = network.value || outcome.value || flips.checked;
    let shown = 0;
    for (const claim of claims) {
      let some = false;
      for (const row of claim.rows) {
        const fits = (!network.value || row.dataset.network === network.value)
          && (!outcome.value || row.dataset.outcome === outcome.value)
          && (!flips.checked || row.dataset.flips !== "0");
        row.classList.toggle("dim", Boolean(narrowed) && !fits);
        some ||= fits;
      }
      claim.hidden = !(some && wanted.every((word) => claim.dataset.words.includes(word)));
      if (!claim.hidden) shown += claim.querySelectorAll("tr:not(.dim)").length;
    }
    for (const head of heads) {
      let next = head.nextElementSibling;
      while (next && next.hidden) next = next.nextElementSibling;
      head.hidden = !next || next.classList.contains("section-head");
    }
    form.querySelector("output").textContent = `${shown} ${shown === 1 ? "verdict" : "verdicts"}`;
  };
  const reveal = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row || !row.closest("#claims-table")) return;
    form.reset();
    apply();
    row.scrollIntoView();
  };
  form.hidden = false;
  addEventListener("hashchange", reveal);
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
