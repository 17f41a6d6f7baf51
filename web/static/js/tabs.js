// Of tabs that are scrolled sideways the chosen one is seen.
import { enhance } from "./page.js";

const middle = (element) => {
  const { left, right } = element.getBoundingClientRect();
  return (left + right) / 2;
};

enhance(":is(.tabs, .parts) [aria-current]", (tab) => {
  tab.parentElement.scrollLeft += middle(tab) - middle(tab.parentElement);
});
