package contact

var spanish = []entry{
	{spoken0, "cero"}, {spoken0 << 1, "uno|un|una"}, {spoken0 << 2, "dos"}, {spoken0 << 3, "tres"}, {spoken0 << 4, "cuatro"},
	{spoken0 << 5, "cinco"}, {spoken0 << 6, "seis"}, {spoken0 << 7, "siete"}, {spoken0 << 8, "ocho"}, {spoken0 << 9, "nueve"},
	{phone, "telefon*|llam*|marc*|marque*|contact*|comuni*|localiz*|encontr*|encuentr*|ubic*|hablar*|hablen|hable|hablamos|numero de telefono|devolv*|devuelv*|regres*|timbr*|echar*|echen|eche|echeme|avis*|peg*|" +
		"alcanz*|atiend*|atend*|contest*|responder|respond*|intent*|prueb*|probar|telefonazo|timbrazo|toque|llamada|llamadita|linea directa|directo|disponible|disponibles|estoy en el|estamos en el|me tienen en el|me tiene en el|cogen|coge|cojo|mensaje|escrib*|reportar*|report*|conmigo"},
	{phone | place, "movil|celular|celu|cel|fijo|telefono fijo|telefono movil|telefono de casa|linea fija|particular|centralita|conmutador|recepcion"},
	{place, "casa|trabajo|oficina|tienda|negocio|despacho|taller|personal|empresa|consulta|consultorio|clinica|local|hotel|piso|estudio|almacen|colegio|escuela|obra|restaurante|bar|farmacia|bodega|domicilio|hogar|otro|nuevo|principal|alternativo|emergencia|emergencias|habitacion|campo|finca|chalet|pueblo|laboral"},
	{person, "hija|hijo|esposa|esposo|mujer|marido|pareja|madre|mama|padre|papa|hermana|hermano|vecina|vecino|secretaria|secretario|asistente|asistenta|jefa|jefe|companera|companero|socia|socio|amiga|amigo|novia|novio|tia|tio|prima|primo|" +
		"abuela|abuelo|nieta|nieto|sobrina|sobrino|suegra|suegro|nuera|yerno|cunada|cunado|abogada|abogado|contador|contadora|gestor|gestora|asesor|asesora|cuidadora|cuidador|inquilina|inquilino|casero|casera|portero|portera|conserje|encargado|encargada|administrador|administradora|doctora|doctor|enfermera|enfermero|fontanero|plomero|colega|senora|patron|patrona|ahijado|ahijada"},
	{mine, "mi|mis|nuestro|nuestra|su|sus|tu|el|la|del|al"},
	{number, "numero|numeros|num|nro|digitos"},
	{account, "cuenta|poliza|pedido|orden|siniestro|reclamo|reclamacion|queja|cliente|abonado|factura|recibo|boleta|seguimiento|rastreo|guia|serie|serial|medidor|pasaporte|socio numero|fidelidad|reserva|reservacion|localizador|contrato|expediente|envio|paquete|" +
		"dni|nie|nif|cif|curp|rfc|cuit|cuil|rut|rfc|cedula|ine|ife|nss|prestamo|credito|hipoteca|modelo|referencia|tarjeta|visa|mastercard|seguridad social|seguro social|afiliado|afiliacion|tarjeta sanitaria|matricula|placa|placas|patente|" +
		"cups|contador numero|numero de contador|lectura|folio|ticket|tramite|radicado|caso|incidencia|averia|parte|presupuesto|cotizacion|cupon|vale|membresia|contrasena|clabe|cbu|cvu|alias|transferencia|operacion|transaccion|vuelo|billete|boleto|asiento|historia clinica|historial|paciente|" +
		"usuario|beneficiario|licencia|multa|denuncia|atestado|albaran|suministro|servicio|nis|nic|chasis|motor|bastidor|solicitud|registro|colegiado|empleado|proveedor|producto|articulo|codigo de cliente|codigo de barras|catastral|inventario|remision|deposito|embarque|identificacion|documento|predial|legajo|expediente numero|protocolo|confirmacion"},
	{code, "codigo postal|cp|c p|codigo|clave|piso|puerta|portal|bloque|escalera|habitacion|cuarto|departamento|depto|dpto|calle|avenida|carretera|kilometro|edificio|manzana|lote|pulse|pulsa|oprima|marque el|presione|tecla|opcion|talla|edad|sala|mesa|anden|via|puerta de|torre|interior|bis|colonia|apartado|apartamento|apto|local numero|autobus|linea"},
	{unit, "pesos|peso|centavos|centimos|centimo|soles|bolivares|quetzales|lempiras|colones|por ciento|por cien|mil euros|millones|kilovatios|kilowatts|kilometros|kilos|metros|litros|grados|personas|adultos|ninos|noches|noche|dias|dia|semanas|semana|meses|mes|anos|ano|horas|hora|hrs|minutos|minuto|segundos|veces|cajas|sillas|piezas|unidades|entradas|maletas|pasajeros|puntos|miligramos|gramos|habitaciones|llamadas"},
	{money, "cuesta|costo|precio|pague|pagado|pagar|cobraron|cobrado|cobran|cobro|cargo de|cargo por|debe|debo|saldo|importe|cantidad|monto|suma|total|valor|devolucion de|reembolso de|cargaron|descontaron|recibo de|factura de|vale|valen|franquicia"},
	{clock, "a las|las|de la manana|de la tarde|de la noche|por la tarde|por la manana|y media|y cuarto|menos cuarto|en punto|despues de|antes de|hasta|desde las|a partir|sobre las|entre las|mediodia|horas|hasta las|pm|am"},
	{calendar, "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|nacimiento|nacido|nacida|naci|fecha|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|ayer|caduca|vence|vencimiento|caducidad|ano|dia|de enero|de febrero|de marzo|de abril|de mayo|de junio|de julio|de agosto|de septiembre|de octubre|de noviembre|de diciembre|pasado"},
	{ext, "extension|ext|interno|anexo|extension numero|la extension|extencion"},
	{area, "codigo de area|prefijo|clave lada|lada|codigo area|indicativo|codigo de ciudad|caracteristica|prefijo de|clave"},
	{phone, "telefono y fax|fax y telefono"},
	{neg, "no me llam*|no llam*|no nos llam*|no lo llam*|no la llam*|no al|no a|no en|no el|no por|no este|no marque*|no us*|nunca|tampoco|ni al|ni|no es|excepto|menos al|y no|en vez de|en lugar de|no la|no me|no lo"},
	{about, "no deje de|no dejen de|no dejes de|no se olvide de|no se olviden de|no olvide|no olviden|no dude en|no duden en|no dudes en"},
	{gone, "ya no|no sirve|no funciona|no es|esta mal|es el viejo|a ese no|ese no|no llamen a ese|no llame a ese|es viejo|es el antiguo|es antiguo|era el viejo|era el antiguo|esta equivocado|equivocado|incorrecto|esta descompuesto|no contesta nadie|fuera de servicio|dado de baja|dada de baja|no existe|no esta bien|lo cambie|cambio|es de antes|no lo uso|la perdi|lo perdi|me lo robaron|lo robaron|roto|cancelado|desconectado|no vale|no lo tengo|no lo usen|esta cortado"},
	{old, "viejo|antiguo|anterior|antes|equivocado|vieja|antigua|era"},
	{remove, "ya no|dejad de|deja de|no sigan|basta de|quit*|borr*|elimin*|saqu*|retir*|deje de|dejen de|dejar de|pare|paren|den de baja|dar de baja|deme de baja|denme de baja|bloque*|suprim*"},
	{off, "de su lista|de sus listas|de la lista|de su base|de sus registros|de su sistema|de la base|de sus archivos|de vuestra|de tu lista|de sus datos"},
	{calledUs, "llamadas del|llamada del|llamadas de|llamada de|llamaron del|llamaron desde|llamado del|llamado desde|perdida del|perdidas del|perdida de|perdidas de|llamaron de|han llamado del|llaman del|llaman desde|llama desde el|mensaje del|me sale el|llamando del|llamando desde el|su linea|su hotline|llamarme desde|llamarme del"},
	{dialled, "yo llame al|ayer llame al|ya llame al|antes llame al|tambien llame al|llame ayer al|llame antes al|he llamado al|he llamado a|hemos llamado|llamamos al|llamamos a|he marcado|llamando al|estoy llamando al|intente llamar|intentado llamar|me dijeron que llam*|me dieron el|me dieron este|me pasaron|me han dado"},
	{best, "mejor|preferible|preferiblemente|preferentemente|preferencia|prefiero|primero|directamente|de preferencia|principalmente|mas facil|siempre contesto|antes que nada|lo ideal|en primer lugar|primera opcion|preferible"},
	{orElse, "si no|sino|de lo contrario|en su defecto|si acaso|o si no|si no contest*|si no est*|si no me|si no hay|si nadie|alternativamente|si no respond*|si no lo|si no atiend*|si no pued*|si no cog*|si comunica|en caso de no|si esta ocupado|como segunda|segunda opcion|o en su defecto|si falla|si no cojo"},
	{either, "o|y|u|tambien|o bien|o al|ya sea"},
	{this, "este es el mejor numero|este es mi numero|este es un buen numero|este numero|este telefono|este mismo|este mismo numero|este movil|este celular|este fijo|esta linea|al mismo numero|el mismo numero|mismo numero|mismo telefono|mismo celular|mismo movil|este mismo telefono|esta misma linea|este numerito|este de aca|este de aqui|este numero telefonico|numero este|este que|este cel|a este|en este|al mismo"},
	{this | device, "este movil|este celular|este fijo|este cel|esta linea|esta misma linea|mio es este"},
	{shown, "del que ~3 llam*|desde el que ~3 llam*|desde el cual ~3 llam*|del cual ~3 llam*|de donde ~3 llam*|desde donde ~3 llam*|por donde ~3 llam*|donde ~2 estoy llamando|con el que ~3 llam*|en el que ~3 llam*|" +
		"del que ~3 marc*|desde el que ~3 marc*|de donde ~3 marc*|desde donde ~3 marc*|del que ~3 habl*|desde el que ~3 habl*|de donde ~3 habl*|desde donde ~3 habl*|por el que ~3 habl*|por el que ~3 llam*|del que ~3 comunic*|desde el que ~3 comunic*|desde donde ~3 comunic*|de donde ~3 comunic*|del que ~2 timbr*|del que ~3 dej*|desde el que ~3 dej*|" +
		"numero ~3 aparece|numero ~3 sale|numero ~3 salga|numero ~3 aparecio|numero ~3 apareciendo|numero ~3 saliendo|numero ~4 pantalla|numero ~4 identificador|numero que ~2 ve|numero que ~2 figura|numero que ~2 refleja|numero que ~2 registra|numero ~2 registrado|numero que ~2 marca|" +
		"telefono ~3 aparece|telefono ~3 sale|el que ~2 aparece|el que ~2 sale|el que ~2 salio|que aparece en|que ~1 aparece en|que sale en|que ~1 sale en|el que ~3 pantalla|en su pantalla|en tu pantalla|en el identificador|en la pantalla"},
	{same, "mismo|misma|igual|identico|iguales|este numero|este mismo|parecido"},
	{tail, "termina en|terminado en|terminada en|terminando en|termina con|terminan en|terminacion|que termina|acaba en|acabado en|acabando en|acaba con|acabado|terminado|al final|final|finaliza en|ultimo|ultimos|ultimas|ultima|ultimo digito|ultimos digitos|ultima cifra|ultimas cifras|ultimos dos|ultimos tres|ultimos cuatro|ultimo numero|termine en|acabe en"},
	{instead, "en vez de|en lugar de|no el|no en|y no"},
	{but, "pero|excepto|salvo|solo|solamente|solo que|nada mas|con|menos|cambia|cambiando|cambie|quitando|aunque"},
	{link, "ay|uy|oh|ah|es|el|la|los|las|al|a|en|de|del|lo|que|por|para|con|mi|su|sus|me|nos|le|les|favor|si|y|o|tambien|este|esta|pues|bueno|entonces|numero|numeros|telefono|llam*|marc*|usar|usen|use|mas|sigue|siguiente|ese|esa|seria|son|fue|era|tengo|tiene|estoy|esta|aqui|dice|dicen|ahi|otra|vez|vale|a ver|puede|pueden|podria|podrian|mejor|directamente|directo|nuevo|actual|completo|un|una|empieza|nuestro|nuestra"},
	{be, "es|son|era|fue|seria|esta|sera"},
	{about, "sobre|acerca|por|porque|para|respecto|referente|asunto|tema|relacion|relacionado|debido|motivo"},
	{whether, "si|cuando|porque|por que"},
	{again, "o sea|repito|repetir|otra vez|de nuevo|nuevamente|o sea|le repito|se lo repito|vuelvo a decir|lo repito|es decir|entonces|sea"},
	{fix, "ahora es|es ahora|ahora tengo el|no|perdon|perdone|perdona|disculpe|disculpa|digo|dije|equivoque|corrijo|correccion|mejor dicho|quise|quiero decir|espere|espera|lo siento|miento|mentira|mentiras|ay|uy"},
	{lure, "felicidades|felicitaciones|ganador|ganadora|premio|gratis|oferta|descuento|promocion|pulse|presione|oprima|marque uno|seleccionado|seleccionada|regalo|exclusivo|ultimo aviso|orden de|mensaje automatico|encuesta|bitcoin|criptomonedas|inversion|aproveche|preaprobado|sorteo|garantizado"},
	{anew, "llam*|marqu*|contact*|comuni*|localic*"},
	{fine, "bien|siempre|perfecto|sirve|esta bien|mejor|correcto|si|cuando quiera|cualquier hora|mismo|vale|disponible"},
}
