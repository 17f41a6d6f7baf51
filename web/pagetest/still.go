package pagetest

import "fmt"

// Scripts, true of a page as it is at the moment. Whoever clicks or presses a key
// before meets a page that is about to be another.
const (
	// Whole is so once all of it is there, and htmx has found the links and forms of
	// the last piece that came.
	Whole = `(document.readyState === "complete" && !document.querySelector(".htmx-added, .htmx-settling, .htmx-swapping"))`
	// Still is so of a whole page that nothing is on its way to.
	Still = `(` + Whole + ` && !document.body?.classList.contains("travelling") && !document.querySelector(".htmx-request"))`
)

// Spot returns a script that scrolls to the first element of the CSS selector and
// says where a pointer meets it, as [x, y] in CSS pixels of the window; null of an
// element that is not there, is not seen, or has something over it, and while the
// page is not Still. What moves is somewhere else a moment later.
func Spot(selector string) string {
	return fmt.Sprintf(`(() => {
	const element = document.querySelector(%q);
	if (!element?.checkVisibility({visibilityProperty: true}) || !%s) return null;
	element.scrollIntoViewIfNeeded();
	const box = [...element.getClientRects()].find((rect) => rect.width && rect.height);
	if (!box) return null;
	const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
	const met = document.elementFromPoint(x, y);
	return met && (element.contains(met) || met.closest("label")?.control === element) ? [x, y] : null;
})()`, selector, Still)
}
