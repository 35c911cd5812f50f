import { mount } from 'svelte';
import 'design-tokens-italia/dist/css/variables.css';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { sayFieldFaults } from './lib/field-faults';
import { resume } from './lib/session';
import { preferred, speak } from './lib/texts';

const target = document.getElementById('app');
if (target) {
  await Promise.all([speak(preferred()), resume()]);
  sayFieldFaults(document);
  mount(App, { target });
}
