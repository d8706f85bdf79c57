/* What is wrong with the page that is open, as sentences; read into it by `looks.py`. */
window.looks ??= (() => {
    const CONTROLS = "a[href], button, summary, select, textarea, input:not([type=hidden])";
    const LEAST = 43.5; // px: 44, less what rounding takes
    const visible = one => one.checkVisibility({visibilityProperty: true});
    const said = one => `${one.localName} "${(one.textContent || one.name || "").trim().replace(/\s+/g, " ").slice(0, 40)}"`;
    const bare = text => text.replace(/[\s·.,:]/g, "");

    // A link in running text may be as low as its line (WCAG 2.5.8 and 2.5.5 say so).
    function isInText(one) {
        if (one.localName !== "a" || getComputedStyle(one).display !== "inline") return false;
        const around = one.closest("p, li, dd, dt, td, th, caption, legend, label, h1, h2, h3, h4") ?? one.parentElement;
        return bare(around.textContent) !== bare(one.textContent);
    }

    function boxOf(one) {
        const label = /checkbox|radio/.test(one.type) ? one.labels?.[0] : null;
        return (label ?? one).getBoundingClientRect();
    }

    // Lines that a range of text stands on.
    const lines = range => new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;

    return {
        /* What is too small for a finger, below the header. */
        tooSmall: () => [...document.querySelectorAll(CONTROLS)]
            .filter(one => visible(one) && !one.closest(".visually-hidden, .skip, .site, .nav") && !isInText(one))
            .map(one => [one, boxOf(one)])
            .filter(([, box]) => box.width < LEAST || box.height < LEAST)
            .map(([one, box]) => `${said(one)} is ${Math.round(box.width)} x ${Math.round(box.height)} px`),

        /* What takes the focus of a keyboard without a line of 3 px around it. */
        unseen: () => [...document.querySelectorAll(CONTROLS)].filter(visible).filter(one => {
            one.focus({preventScroll: true});
            const {outlineStyle, outlineWidth} = getComputedStyle(one);
            return one === document.activeElement && (outlineStyle === "none" || parseFloat(outlineWidth) < 3);
        }).map(one => `${said(one)} shows no focus`),

        /* Words of titles and labels that go on in the next line without a hyphen; what bodies say may. */
        torn: () => [...document.querySelectorAll("h1, h2, .crumbs a, dt, legend")].flatMap(one => {
            const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), torn = [];
            for (let text = texts.nextNode(); text; text = texts.nextNode())
                for (const word of text.data.matchAll(/[\p{L}\d]+/gu)) {
                    const range = document.createRange();
                    range.setStart(text, word.index);
                    range.setEnd(text, word.index + word[0].length);
                    if (lines(range) > 1) torn.push(word[0]);
                }
            return torn;
        }),

        /* Room between letters, words and lines, as readers may set it everywhere (WCAG 1.4.12). */
        spaceOut: () => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(
                "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }");
            for (const root of [document, document.getElementById("page")?.shadowRoot])
                root?.adoptedStyleSheets.push(sheet);
        },
    };
})();
