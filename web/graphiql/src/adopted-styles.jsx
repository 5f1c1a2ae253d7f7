import { useEffect } from 'react';

/**
 * Stands in for the package `react-style-singleton`, which writes a `<style>` element while a dialog or a menu is open
 * and would need `style-src 'unsafe-inline'`. An adopted style sheet does the same under `style-src 'self'`.
 */
export function styleSingleton() {
  return function Style({ styles }) {
    useEffect(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      return () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
      };
    }, [styles]);
    return null;
  };
}
