import { mount } from 'svelte';
import 'design-tokens-italia/dist/css/variables.css';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { preferred, speak } from './lib/texts';

const target = document.getElementById('app');
if (target) {
  await speak(preferred());
  mount(App, { target });
}
